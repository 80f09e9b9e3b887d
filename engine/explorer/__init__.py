"""GraphiQL, served from our own files: no request of it leaves the machine that serves it."""
