"""The settings of services outside that we call: AI providers and mail, a part of `Settings`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from headwater.core.settings.limits import LimitSettings


class ProviderSettings(LimitSettings):
    """Where AI is asked and mail is handed over. All of it may be left unset; the platform then does without."""

    perplexity_api_key: SecretStr | None = Field(None, description="Key for Perplexity, used to discover sources.")
    perplexity_base_url: str = Field("https://api.perplexity.ai", description="Address of Perplexity's API.")
    perplexity_model: str = Field("sonar", description="Model asked at Perplexity.")
    openai_api_key: SecretStr | None = Field(None, description="Key for OpenAI or anything that speaks its API.")
    openai_base_url: str = Field("https://api.openai.com/v1", description="Address of the OpenAI-compatible API.")
    openai_model: str = Field("gpt-5-mini", description="Chat model asked there.")
    groq_api_key: SecretStr | None = Field(None, description="Key for Groq.")
    groq_base_url: str = Field("https://api.groq.com", description="Address of Groq's API.")
    groq_model: str = Field("llama-3.3-70b-versatile", description="Chat model asked at Groq.")
    ollama_base_url: str | None = Field(None, description="Address of an Ollama server's OpenAI-compatible API.")
    ollama_model: str = Field("llama3.2", description="Chat model asked at Ollama.")
    ai_timeout_seconds: float = Field(20.0, gt=0, le=300, description="Longest wait for one answer of a provider.")
    embedding_model: str | None = Field(
        None, description="Embedding model at OPENAI_BASE_URL, or a model2vec folder; unset = lexical hashing."
    )

    smtp_host: str | None = Field(None, description="Mail server. Unset (and no SendGrid key) = e-mail is not sent.")
    mail_to_console: bool = Field(
        False, description="Print e-mail where no mail server is set up, links included; for development alone."
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_username: str | None = Field(None, description="User at the mail server.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", description="How the connection is secured.")
    sendgrid_api_key: SecretStr | None = Field(None, description="Key for SendGrid's v3 API, used instead of SMTP.")
    sendgrid_base_url: str = Field("https://api.sendgrid.com", description="Address of SendGrid's API.")
    mail_from: str = Field("Headwater <headwater@localhost>", description="Sender of every e-mail.")
