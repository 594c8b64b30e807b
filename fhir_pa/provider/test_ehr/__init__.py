"""The test EHR in a browser: order, hear, document, request, be told; and every HTTP exchange beside it."""
