"""Language models behind one Protocol: they word and grade, they never decide."""
