"""The settings of the stand-in for Supabase, read by whoever opens it. Nothing else knows of them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from headwater.core.settings import ModuleSettings, Settings, SettingsError, WebAddress, read_settings


class PlaneSettings(ModuleSettings):
    """What the stand-in follows, under the names of Supabase's own servers where they have one."""

    auth_config: Path | None = Field(
        None, description="A Supabase config.toml whose parts [auth] and [api] the local data plane follows."
    )
    signups_enabled: bool = Field(True, description="Whether the local data plane lets people sign up.")
    mail_autoconfirm: bool = Field(True, description="Whether the local data plane trusts addresses unconfirmed.")
    keyless: Literal["refuse", "anon"] = Field(
        "refuse", description="What the local data plane makes of a request without a key."
    )
    upload_file_size_limit: int = Field(
        524_288_000, ge=1, description="Largest file that the local data plane keeps, in bytes; buckets may have less."
    )
    storage_backend: Literal["file", "s3"] = Field(
        "file", description="Where the local data plane keeps files: in HEADWATER_DATA or in a bucket."
    )
    storage_s3_bucket: str | None = Field(
        None, description="Bucket of any S3-compatible store, for STORAGE_BACKEND s3."
    )
    storage_s3_endpoint: WebAddress | None = Field(
        None, description="Address of that store; unset = Amazon's in the region."
    )
    storage_s3_region: str = Field("us-east-1", description="Region that requests to that store are signed for.")
    storage_s3_force_path_style: bool = Field(
        False, description="Whether that store has the bucket in the path, as most others than Amazon's do."
    )
    aws_access_key_id: SecretStr | None = Field(None, description="Access key for that store.")
    aws_secret_access_key: SecretStr | None = Field(None, description="Secret of the access key.")
    aws_session_token: SecretStr | None = Field(None, description="Token that comes with a temporary access key.")

    @model_validator(mode="after")
    def _refuse_half_a_bucket(self) -> Self:
        if self.storage_backend == "s3" and not (
            self.storage_s3_bucket and self.aws_access_key_id and self.aws_secret_access_key
        ):
            raise ValueError("STORAGE_BACKEND s3 needs STORAGE_S3_BUCKET, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        return self


def load_plane_settings(settings: Settings, **overrides: object) -> PlaneSettings:
    """Read the stand-in's settings from the environment, for an installation with these `settings`.

    Raises:
        SettingsError: a value is wrong, or a convenience that production refuses; one line that names the setting.
    """
    read = read_settings(PlaneSettings, **overrides)
    if settings.is_production and read.keyless == "anon":
        raise SettingsError(f"KEYLESS: must be refuse when ENVIRONMENT is {settings.environment}")
    return read
