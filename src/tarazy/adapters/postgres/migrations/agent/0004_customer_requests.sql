-- What customers ask of their bank in the app (tarazy.agent.requests), and the desk's look-up of holders by name.

CREATE TABLE "customer_requests" (
    "request_id" text NOT NULL,
    "account_id" text NOT NULL,
    "transfer_ref" text NOT NULL,
    "amount_minor" bigint NOT NULL,
    "currency" text NOT NULL,
    "told" jsonb NOT NULL,
    "contact" text NOT NULL,
    "contact_phone" text,
    "filed_at" timestamptz NOT NULL,
    "answer" text,
    "answered_by" text,
    "answered_at" timestamptz,
    "answer_reasons" text,
    "report_id" text,
    PRIMARY KEY ("request_id")
);
CREATE INDEX customer_requests_open ON customer_requests (filed_at) WHERE answer IS NULL;
CREATE INDEX customer_requests_by_account ON customer_requests (account_id, filed_at);
