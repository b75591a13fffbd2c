-- What people write to their bank in the portal, as far as the exchange knows it (tarazy.app.citizen_requests).

CREATE TABLE "citizen_requests" (
    "number" text NOT NULL,
    "participant_id" text NOT NULL,
    "state" text NOT NULL,
    "why" text,
    "filed_at" timestamptz NOT NULL,
    "at" timestamptz NOT NULL,
    PRIMARY KEY ("number")
);
