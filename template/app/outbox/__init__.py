"""Work to do after the commit: messages that are written with a change and delivered later."""
