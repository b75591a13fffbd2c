-- What people without the bank's app have written to it in the portal (tarazy.agent.citizen_requests).

CREATE TABLE "citizen_requests" (
    "number" text NOT NULL,
    "language" text NOT NULL,
    "words" jsonb NOT NULL,
    "filed_at" timestamptz NOT NULL,
    "received_at" timestamptz NOT NULL,
    "is_open" boolean NOT NULL,
    "state" text NOT NULL,
    "why" text,
    "officer_id" text,
    "changed_at" timestamptz NOT NULL,
    "reasons" text,
    "report_id" text,
    PRIMARY KEY ("number")
);
CREATE INDEX citizen_requests_open ON citizen_requests (filed_at, number) WHERE is_open;
