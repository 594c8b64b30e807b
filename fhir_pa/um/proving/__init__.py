"""What a decision rests on, as one text that can be replayed, and the chain that holds the texts together."""
