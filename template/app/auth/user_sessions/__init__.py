"""Sign-ins: where a user is signed in, and how to end that from elsewhere."""
