"""Story in, claim out: is it a deal, who pays whom, how much, for what. Pure."""
