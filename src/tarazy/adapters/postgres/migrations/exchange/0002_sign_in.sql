-- Who signs in and how (tarazy.adapters.sessions, passkeys, oidc): hashes of tokens, public keys, and no secret.

CREATE TABLE "sessions" (
    "session_hash" text NOT NULL,
    "person_kind" text NOT NULL,
    "participant_id" text NOT NULL,
    "person_id" text NOT NULL,
    "method" text NOT NULL,
    "signed_in_at" timestamptz NOT NULL,
    "seen_at" timestamptz NOT NULL,
    "ends_at" timestamptz NOT NULL,
    "fresh_until" timestamptz NOT NULL,
    PRIMARY KEY ("session_hash")
);

CREATE TABLE "passkeys" (
    "credential_id" text NOT NULL,
    "user_handle" text NOT NULL,
    "person_kind" text NOT NULL,
    "participant_id" text NOT NULL,
    "person_id" text NOT NULL,
    "name" text NOT NULL,
    "public_key" bytea NOT NULL,
    "sign_count" bigint NOT NULL,
    "aaguid" text NOT NULL,
    "is_backed_up" boolean NOT NULL,
    "added_at" timestamptz NOT NULL,
    "last_used_at" timestamptz,
    PRIMARY KEY ("credential_id")
);

CREATE TABLE "sign_in_challenges" (
    "bound_to" text NOT NULL,
    "purpose" text NOT NULL,
    "challenge" text NOT NULL,
    "user_handle" text NOT NULL,
    "ends_at" timestamptz NOT NULL,
    PRIMARY KEY ("bound_to", "purpose")
);

CREATE TABLE "sign_in_invitations" (
    "code_hash" text NOT NULL,
    "person_kind" text NOT NULL,
    "participant_id" text NOT NULL,
    "person_id" text NOT NULL,
    "ends_at" timestamptz NOT NULL,
    PRIMARY KEY ("code_hash")
);

CREATE TABLE "sign_in_attempts" (
    "state_hash" text NOT NULL,
    "browser_hash" text NOT NULL,
    "provider" text NOT NULL,
    "nonce" text NOT NULL,
    "verifier" text NOT NULL,
    "back" text NOT NULL,
    "ends_at" timestamptz NOT NULL,
    PRIMARY KEY ("state_hash")
);

CREATE TABLE "sign_in_subjects" (
    "issuer" text NOT NULL,
    "subject" text NOT NULL,
    "person_kind" text NOT NULL,
    "participant_id" text NOT NULL,
    "person_id" text NOT NULL,
    "added_at" timestamptz NOT NULL,
    PRIMARY KEY ("issuer", "subject")
);

CREATE INDEX sessions_by_end ON sessions (ends_at);
CREATE INDEX sessions_by_person ON sessions (participant_id, person_id);
CREATE INDEX passkeys_by_person ON passkeys (participant_id, person_id);
CREATE INDEX sign_in_challenges_by_end ON sign_in_challenges (ends_at);
CREATE INDEX sign_in_invitations_by_person ON sign_in_invitations (participant_id, person_id);
CREATE INDEX sign_in_attempts_by_end ON sign_in_attempts (ends_at);
