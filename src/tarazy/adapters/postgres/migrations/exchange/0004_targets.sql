-- Exact addresses and numbers that a body restricts: the register.

CREATE TABLE "targets" (
    "target_id" text NOT NULL,
    "case_id" text NOT NULL,
    "kind" text NOT NULL,
    "exact" text NOT NULL,
    "others" jsonb NOT NULL,
    "others_note" text NOT NULL,
    "offence_id" text NOT NULL,
    "facts" jsonb NOT NULL,
    "reasons" text NOT NULL,
    "hours" bigint NOT NULL,
    "author_participant_id" text NOT NULL,
    "author_officer_id" text NOT NULL,
    "proposal" text NOT NULL,
    "proposed_at" timestamptz NOT NULL,
    "decided_participant_id" text,
    "decided_officer_id" text,
    "decision" text,
    "pack" text,
    "norms" jsonb NOT NULL,
    "ordered_at" timestamptz,
    "in_force_until" timestamptz,
    "latest_end" timestamptz,
    "extensions" bigint NOT NULL,
    "told_owner_at" timestamptz,
    "lifted_at" timestamptz,
    "lifted_by" text,
    "lift_reasons" text,
    "status" text NOT NULL,
    "ended_at" timestamptz,
    PRIMARY KEY ("target_id")
);
CREATE INDEX targets_in_force ON targets (in_force_until) WHERE status = 'in_force';
CREATE INDEX targets_by_case ON targets (case_id, proposed_at);
