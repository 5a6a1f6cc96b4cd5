"""What happens after the commit and by the clock. SQL keeps everything; Redis carries ids only."""
