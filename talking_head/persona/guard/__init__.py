"""Messages that want a presenter to be somebody else, to lie, to read out its instructions or to do harm, as tables."""
