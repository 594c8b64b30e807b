"""What is asked for, and what software may say of it: certify, refer, or what the edition itself says; and what a determination is."""
