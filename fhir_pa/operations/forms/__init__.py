"""What a forms app asks (DTR): packages, next questions, value sets, errors told."""
