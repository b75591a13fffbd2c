-- Errors upon this bank's holds, the letters about them, and what was claimed for them.

CREATE TABLE "local_errors" (
    "error_id" text NOT NULL,
    "hold_id" text NOT NULL,
    "measure_id" text NOT NULL,
    "account_id" text NOT NULL,
    "cause" text NOT NULL,
    "state" text NOT NULL,
    "error_kind" text,
    "noted_at" timestamptz NOT NULL,
    "language" text,
    "code" text,
    "subject" text,
    "paragraphs" jsonb NOT NULL,
    "channel" text,
    "served_at" timestamptz,
    PRIMARY KEY ("error_id")
);
CREATE INDEX local_errors_by_hold ON local_errors (hold_id);
CREATE INDEX local_errors_by_account ON local_errors (account_id);
CREATE INDEX local_errors_by_code ON local_errors (code) WHERE code IS NOT NULL;
CREATE INDEX local_errors_untold ON local_errors (noted_at) WHERE served_at IS NULL;

CREATE TABLE "local_claims" (
    "claim_id" text NOT NULL,
    "error_id" text NOT NULL,
    "hold_id" text NOT NULL,
    "account_id" text NOT NULL,
    "claimant" text NOT NULL,
    "road" text NOT NULL,
    "is_identified" boolean NOT NULL,
    "heads" jsonb NOT NULL,
    "words" text NOT NULL,
    "amount_minor" bigint NOT NULL,
    "currency" text NOT NULL,
    "filed_at" timestamptz NOT NULL,
    "entered_by" text,
    "state" text NOT NULL,
    "due_at" timestamptz,
    "accepted_minor" bigint NOT NULL,
    "forum" text,
    "reasons" text,
    "state_at" timestamptz NOT NULL,
    PRIMARY KEY ("claim_id")
);
CREATE INDEX local_claims_by_error ON local_claims (error_id);
