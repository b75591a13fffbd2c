-- Payments that wait before they are executed: at the reference core, their pauses, and what their payers were told.

CREATE TABLE "core_entered" (
    "payment_id" text NOT NULL,
    "payment" jsonb NOT NULL,
    "from_account" text NOT NULL,
    "entered_at" timestamptz NOT NULL,
    "execute_at" timestamptz NOT NULL,
    "state" text NOT NULL,
    "reason" text,
    "done_at" timestamptz,
    PRIMARY KEY ("payment_id")
);
CREATE INDEX core_entered_waiting ON core_entered (execute_at) WHERE state = 'waiting';

CREATE TABLE "payment_pauses" (
    "pause_id" text NOT NULL,
    "account_id" text NOT NULL,
    "payment_ref" text NOT NULL,
    "payee_participant_id" text NOT NULL,
    "payee_name" text,
    "amount_minor" bigint NOT NULL,
    "currency" text NOT NULL,
    "facts" jsonb NOT NULL,
    "learnt" jsonb NOT NULL,
    "officer_id" text NOT NULL,
    "second_officer_id" text,
    "is_second_awaited" boolean NOT NULL,
    "reasons" text NOT NULL,
    "pack" text NOT NULL,
    "norms" jsonb NOT NULL,
    "begins_at" timestamptz NOT NULL,
    "taken_at" timestamptz,
    "call_back_by" timestamptz NOT NULL,
    "called_back_at" timestamptz,
    "called_back_by" text,
    "asked_until" timestamptz NOT NULL,
    "expires_at" timestamptz NOT NULL,
    "expires_at_most" timestamptz NOT NULL,
    "extensions" bigint NOT NULL,
    "answer" text,
    "answered_at" timestamptz,
    "status" text NOT NULL,
    "due" text,
    "ending" text,
    "end" text,
    "ended_at" timestamptz,
    "decided_by" text,
    "decided_reasons" text,
    "acts" bigint NOT NULL,
    "told_until" timestamptz,
    "notice_due" boolean NOT NULL,
    PRIMARY KEY ("pause_id")
);
CREATE INDEX payment_pauses_by_end ON payment_pauses (expires_at) WHERE status = 'begun';
CREATE INDEX payment_pauses_by_account ON payment_pauses (account_id, begins_at);
CREATE INDEX payment_pauses_ended ON payment_pauses (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX payment_pauses_to_tell ON payment_pauses (begins_at) WHERE notice_due;

CREATE TABLE "pause_acts" (
    "pause_id" text NOT NULL,
    "number" bigint NOT NULL,
    "act" text NOT NULL,
    "officer_id" text,
    "reasons" text NOT NULL,
    "statement" text,
    "at" timestamptz NOT NULL,
    PRIMARY KEY ("pause_id", "number")
);
CREATE INDEX pause_acts_by_reasons ON pause_acts USING hash (reasons);

CREATE TABLE "pause_notices" (
    "notice_id" text NOT NULL,
    "pause_id" text NOT NULL,
    "account_id" text NOT NULL,
    "notice_kind" text NOT NULL,
    "amount_minor" bigint NOT NULL,
    "language" text NOT NULL,
    "code" text NOT NULL,
    "subject" text NOT NULL,
    "paragraphs" jsonb NOT NULL,
    "short_text" text NOT NULL,
    "channel" text NOT NULL,
    "served_at" timestamptz NOT NULL,
    "recipient" text NOT NULL,
    "in_plain_words" boolean NOT NULL,
    PRIMARY KEY ("notice_id")
);
CREATE INDEX pause_notices_by_account ON pause_notices (account_id, served_at);
CREATE INDEX pause_notices_by_code ON pause_notices (code);
CREATE INDEX pause_notices_by_pause ON pause_notices (pause_id);

-- Appeals against a pause, or against the refusal of the payment: heard by this bank, known to nobody else.
CREATE TABLE "pause_appeals" (
    "appeal_id" text NOT NULL,
    "pause_id" text NOT NULL,
    "account_id" text NOT NULL,
    "is_of_refusal" boolean NOT NULL,
    "road" text NOT NULL,
    "is_identified" boolean NOT NULL,
    "grounds" jsonb NOT NULL,
    "words" text NOT NULL,
    "filed_at" timestamptz NOT NULL,
    "forum" text NOT NULL,
    "due_at" timestamptz,
    "silence" text NOT NULL,
    "next_forum" text,
    "state" text NOT NULL,
    "state_at" timestamptz NOT NULL,
    "outcome" text,
    "decided_by" text,
    "reasons" text,
    "notice_due" boolean NOT NULL,
    PRIMARY KEY ("appeal_id")
);
CREATE INDEX pause_appeals_open ON pause_appeals (due_at) WHERE state IN ('preliminary', 'filed', 'admitted');
CREATE INDEX pause_appeals_by_pause ON pause_appeals (pause_id);
CREATE INDEX pause_appeals_to_tell ON pause_appeals (state_at) WHERE notice_due;
