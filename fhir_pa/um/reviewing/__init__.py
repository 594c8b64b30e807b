"""What people do to a case: ask, talk, decide, take more time, hear an appeal, end early, ask money back."""
