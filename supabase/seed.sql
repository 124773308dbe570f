-- `supabase db reset` runs this after the migrations. Headwater needs no rows to begin with: signing up makes a
-- profile and a workspace. The demo brings its own world (`headwater demo`).

select 1;
