import { AppShell } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useLocation } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Feature } from '@/shared/feature/feature';
import { Keyboard } from '../keyboard/Keyboard';
import { Palette } from '../palette/Palette';
import { Header } from './Header';
import classes from './Layout.module.css';
import { Navigation } from './Navigation';

/** Header, navigation and the page. */
export function Layout({ features, children }: { features: Feature[]; children: ReactNode }) {
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const main = useFocusOnNewPage(close);
  return (
    <AppShell
      layout="alt"
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'lg', xl: 'xl' }}
    >
      <a href="#main" className="skip-link">
        Skip to the content
      </a>
      <AppShell.Header className={classes.header}>
        <Header isNavigationOpen={isOpen} onToggleNavigation={toggle} />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label="Main">
        <Navigation features={features} onClose={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} ref={main}>
        {children}
      </AppShell.Main>
      <Palette features={features} />
      <Keyboard features={features} />
    </AppShell>
  );
}

/** Moves the focus to the page when another one is shown, as a browser does; the first page leaves it where it is. */
function useFocusOnNewPage(onNewPage: () => void) {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    onNewPage();
    main.current?.focus({ preventScroll: true });
  }, [pathname, onNewPage]);
  return main;
}
