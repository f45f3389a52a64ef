"""Pictures drawn in processes of their own."""
