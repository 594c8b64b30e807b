"""Who is calling, and what they may do: provider systems by key and token, people by token and role."""
