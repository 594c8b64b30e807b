"""A synthetic year: invented members, practices and reviewers live through the real heart, on a clock of their own. ♥"""
