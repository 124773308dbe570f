import { Button, Container, PasswordInput, Stack, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { Navigate } from '@tanstack/react-router';
import { useSession } from '@/shared/session';
import { useSupabase } from '@/shared/supabase';
import { tellFailed } from '@/shared/tell';

/** Sign in by password. */
export function SignInPage() {
  const supabase = useSupabase();
  const state = useSession();
  const form = useForm({ initialValues: { email: '', password: '' } });
  if (state.status === 'signed-in') return <Navigate to="/" replace />;
  return (
    <Container size={380} py={80} component="main">
      <form
        onSubmit={form.onSubmit(async (values) => {
          const { error } = await supabase.auth.signInWithPassword(values);
          if (error) tellFailed('You are not signed in', error);
        })}
      >
        <Stack>
          <Title order={1} size="h2">
            Sign in
          </Title>
          <TextInput label="E-mail" type="email" autoComplete="email" {...form.getInputProps('email')} />
          <PasswordInput label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
          <Button type="submit">Sign in</Button>
        </Stack>
      </form>
    </Container>
  );
}
