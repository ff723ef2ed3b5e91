"""What reviewers do: the queue, a look at a source, the decision, its correction, what the trainer is told."""
