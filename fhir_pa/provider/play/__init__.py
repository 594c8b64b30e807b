"""What the scenes are played with: two processes, a narrator, the reviewers' desk."""
