"""The PAS wire <-> our words: intake, inquiry, update, attachments, subscriptions; responses and notifications."""
