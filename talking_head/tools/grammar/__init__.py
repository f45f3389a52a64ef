"""What learners of English often get wrong, found by its shape and put right: a tutor's tool."""
