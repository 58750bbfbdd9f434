"""Language models behind one Protocol: they phrase and grade answers, and decide nothing."""
