-- What people say to their bank in the app: requests of payers (tarazy.agent.requests), answers of holders (tarazy.agent.replies).

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

CREATE TABLE "holder_replies" (
    "reply_id" text NOT NULL,
    "hold_id" text NOT NULL,
    "account_id" text NOT NULL,
    "choice" text NOT NULL,
    "words" text NOT NULL,
    "replied_at" timestamptz NOT NULL,
    PRIMARY KEY ("reply_id")
);
CREATE INDEX holder_replies_by_hold ON holder_replies (hold_id, replied_at);
