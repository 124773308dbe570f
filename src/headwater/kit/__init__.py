"""What products are made with: jobs, fetch, ai, notify, storage, controls, webhooks, workspaces, usage."""
