"""What one story says: is it a deal, who pays whom, how much, what kind. Pure."""
