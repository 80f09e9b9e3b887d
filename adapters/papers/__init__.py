"""Papers as files: PDF."""
