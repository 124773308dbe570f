"""E-mails: the message, its text and HTML, and the two ways out, SMTP and SendGrid."""
