"""Registration: an account comes to be, and its e-mail address is proved."""
