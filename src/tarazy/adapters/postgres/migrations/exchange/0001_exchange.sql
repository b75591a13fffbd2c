-- What the exchange keeps (tarazy.app.records). It knows no account holder.

CREATE TABLE "participants" (
    "participant_id" text NOT NULL,
    "kind" text NOT NULL,
    "name" text NOT NULL,
    "url" text NOT NULL,
    "level" text NOT NULL,
    "signing_key" text NOT NULL,
    "sealing_key" text NOT NULL,
    "is_active" boolean NOT NULL,
    "joined_at" timestamptz NOT NULL,
    "places" jsonb NOT NULL,
    PRIMARY KEY ("participant_id")
);

CREATE TABLE "officers" (
    "participant_id" text NOT NULL,
    "officer_id" text NOT NULL,
    "role" text NOT NULL,
    "signing_key" text NOT NULL,
    "is_active" boolean NOT NULL,
    PRIMARY KEY ("participant_id", "officer_id")
);

CREATE TABLE "mandates" (
    "mandate_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "officer_id" text NOT NULL,
    "measure" text NOT NULL,
    "norms" jsonb NOT NULL,
    "currency" text NOT NULL,
    "ceiling_minor" bigint NOT NULL,
    "hours" bigint NOT NULL,
    "valid_from" timestamptz NOT NULL,
    "valid_to" timestamptz NOT NULL,
    "statement" text NOT NULL,
    PRIMARY KEY ("mandate_id")
);
CREATE INDEX mandates_by_participant ON mandates (participant_id, measure);

CREATE TABLE "reports" (
    "report_id" text NOT NULL,
    "incident_id" text NOT NULL,
    "case_id" text NOT NULL,
    "tracing_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "officer_id" text NOT NULL,
    "payee_participant_id" text NOT NULL,
    "sealed_ref" text NOT NULL,
    "amount_minor" bigint NOT NULL,
    "claim_minor" bigint NOT NULL,
    "currency" text NOT NULL,
    "booked_at" timestamptz NOT NULL,
    "offence_id" text NOT NULL,
    "facts" jsonb NOT NULL,
    "reports_by_payer" bigint NOT NULL,
    "reports_of_pair" bigint NOT NULL,
    "statement" text NOT NULL,
    "signed_at" timestamptz NOT NULL,
    "filed_at" timestamptz NOT NULL,
    "status" text NOT NULL,
    "ended_at" timestamptz,
    "returned_minor" bigint NOT NULL,
    PRIMARY KEY ("report_id")
);
CREATE INDEX reports_by_case ON reports (case_id);
CREATE UNIQUE INDEX reports_by_tracing ON reports (tracing_id);

CREATE TABLE "cases" (
    "case_id" text NOT NULL,
    "incident_id" text NOT NULL,
    "status" text NOT NULL,
    "currency" text NOT NULL,
    "registration" text,
    "registered_at" timestamptz,
    "registration_statement" text,
    "joined_case_id" text,
    "opened_at" timestamptz NOT NULL,
    PRIMARY KEY ("case_id")
);
CREATE INDEX cases_by_time ON cases (opened_at);
CREATE INDEX cases_joined ON cases (joined_case_id) WHERE joined_case_id IS NOT NULL;

CREATE TABLE "join_requests" (
    "report_id" text NOT NULL,
    "incident_id" text NOT NULL,
    "case_id" text NOT NULL,
    "own_case_id" text NOT NULL,
    "status" text NOT NULL,
    "asked_at" timestamptz NOT NULL,
    "decided_at" timestamptz,
    "participant_id" text,
    "officer_id" text,
    "statement" text,
    PRIMARY KEY ("report_id")
);
CREATE INDEX join_requests_by_case ON join_requests (case_id);

CREATE TABLE "tracings" (
    "tracing_id" text NOT NULL,
    "case_id" text NOT NULL,
    "report_id" text NOT NULL,
    "currency" text NOT NULL,
    "stolen_minor" bigint NOT NULL,
    "sums" jsonb NOT NULL,
    "asking_minor" bigint NOT NULL,
    "pieces" bigint NOT NULL,
    "rank" timestamptz NOT NULL,
    "started_at" timestamptz NOT NULL,
    "ends_at" timestamptz NOT NULL,
    "last_hold_at" timestamptz,
    "is_live" boolean NOT NULL,
    "closes_at" timestamptz,
    PRIMARY KEY ("tracing_id")
);
CREATE INDEX tracings_by_case ON tracings (case_id);
CREATE INDEX tracings_by_close ON tracings (closes_at);

CREATE TABLE "pieces" (
    "piece_id" text NOT NULL,
    "tracing_id" text NOT NULL,
    "case_id" text NOT NULL,
    "parent_id" text,
    "depth" bigint NOT NULL,
    "participant_id" text NOT NULL,
    "sealed_ref" text NOT NULL,
    "from_minor" bigint NOT NULL,
    "to_minor" bigint NOT NULL,
    "origin_from" bigint NOT NULL,
    "parent_from" bigint NOT NULL,
    "stop" text,
    "refused_by" jsonb NOT NULL,
    "hold_id" text,
    "terms" jsonb,
    "disclosure_id" text,
    "answer_no" bigint NOT NULL,
    "shares" jsonb NOT NULL,
    "asked_at" timestamptz NOT NULL,
    "answered_at" timestamptz,
    "fault" text,
    PRIMARY KEY ("piece_id")
);
CREATE INDEX pieces_by_tracing ON pieces (tracing_id);
CREATE INDEX pieces_by_case ON pieces (case_id);
CREATE INDEX pieces_by_hold ON pieces (hold_id) WHERE hold_id IS NOT NULL;

CREATE TABLE "case_holds" (
    "hold_id" text NOT NULL,
    "case_id" text NOT NULL,
    "tracing_id" text NOT NULL,
    "report_id" text NOT NULL,
    "piece_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "measure" text NOT NULL,
    "pack" text NOT NULL,
    "norms" jsonb NOT NULL,
    "officer_id" text NOT NULL,
    "mandate_id" text NOT NULL,
    "currency" text NOT NULL,
    "asked_minor" bigint NOT NULL,
    "held_minor" bigint NOT NULL,
    "paid_minor" bigint NOT NULL,
    "status" text NOT NULL,
    "end" text,
    "asked_at" timestamptz NOT NULL,
    "placed_at" timestamptz,
    "confirm_by" timestamptz NOT NULL,
    "expires_at" timestamptz NOT NULL,
    "expires_at_most" timestamptz NOT NULL,
    "confirmed_by" text,
    "confirmed_at" timestamptz,
    "notice_code_hash" text,
    "notice_served_at" timestamptz,
    "return_offered_minor" bigint NOT NULL,
    "return_report_id" text,
    "ended_at" timestamptz,
    "carried_by" text,
    PRIMARY KEY ("hold_id")
);
CREATE INDEX case_holds_by_case ON case_holds (case_id);
CREATE INDEX case_holds_by_end ON case_holds (expires_at_most) WHERE status IN ('requested', 'placed');

CREATE TABLE "refunds" (
    "refund_id" text NOT NULL,
    "case_id" text NOT NULL,
    "lane" text NOT NULL,
    "authorisation_id" text,
    "officer_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "currency" text NOT NULL,
    "pot_minor" bigint NOT NULL,
    "shares" jsonb NOT NULL,
    "statement" text NOT NULL,
    "decided_at" timestamptz NOT NULL,
    "is_unheard" boolean NOT NULL DEFAULT false,
    PRIMARY KEY ("refund_id")
);
CREATE INDEX refunds_by_case ON refunds (case_id);
CREATE INDEX refunds_by_authorisation ON refunds (authorisation_id) WHERE authorisation_id IS NOT NULL;

CREATE TABLE "refund_parts" (
    "part_id" text NOT NULL,
    "refund_id" text NOT NULL,
    "case_id" text NOT NULL,
    "hold_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "report_id" text NOT NULL,
    "to_participant_id" text NOT NULL,
    "amount_minor" bigint NOT NULL,
    "status" text NOT NULL,
    "ordered_at" timestamptz NOT NULL,
    "paid_at" timestamptz,
    "is_refused" boolean NOT NULL,
    PRIMARY KEY ("part_id")
);
CREATE INDEX refund_parts_by_hold ON refund_parts (hold_id);
CREATE INDEX refund_parts_by_case ON refund_parts (case_id);

CREATE TABLE "authorisations" (
    "authorisation_id" text NOT NULL,
    "case_id" text NOT NULL,
    "decision" jsonb NOT NULL,
    "participant_id" text NOT NULL,
    "entered_by" text NOT NULL,
    "entered_at" timestamptz NOT NULL,
    "confirmed_by" text,
    "confirmed_at" timestamptz,
    PRIMARY KEY ("authorisation_id")
);
CREATE INDEX authorisations_by_case ON authorisations (case_id, entered_at);

CREATE TABLE "recorded_returns" (
    "hold_id" text NOT NULL,
    "amount_minor" bigint NOT NULL,
    "report_id" text,
    "checks" jsonb NOT NULL,
    "officer_id" text NOT NULL,
    "statement" text NOT NULL,
    "offered_at" timestamptz NOT NULL,
    "taken_back_at" timestamptz,
    PRIMARY KEY ("hold_id")
);
CREATE INDEX refund_parts_by_bank ON refund_parts (participant_id);

CREATE TABLE "events" (
    "event_id" text NOT NULL,
    "serial" bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    "kind" text NOT NULL,
    "at" timestamptz NOT NULL,
    "participant_id" text NOT NULL,
    "case_id" text,
    "subject_id" text NOT NULL,
    "norms" jsonb NOT NULL,
    "salt" bytea NOT NULL,
    "details" jsonb NOT NULL,
    "commitment" text NOT NULL,
    "log_index" bigint,
    PRIMARY KEY ("event_id")
);
CREATE INDEX events_waiting ON events (serial) WHERE log_index IS NULL;
CREATE INDEX events_by_case ON events (case_id, serial);
CREATE UNIQUE INDEX events_by_log_index ON events (log_index) WHERE log_index IS NOT NULL;

CREATE TABLE "notices_told" (
    "notice_id" text NOT NULL,
    "hold_id" text NOT NULL,
    "code_hash" text NOT NULL,
    "channel" text NOT NULL,
    "served_at" timestamptz NOT NULL,
    PRIMARY KEY ("notice_id")
);
CREATE INDEX notices_told_by_hold ON notices_told (hold_id);

CREATE TABLE "inbox" (
    "message_id" text NOT NULL,
    "sender" text NOT NULL,
    "kind" text NOT NULL,
    "digest" text NOT NULL,
    "text" text NOT NULL,
    "received_at" timestamptz NOT NULL,
    "rejection" text,
    "place" text,
    "replies" jsonb NOT NULL,
    PRIMARY KEY ("sender", "message_id")
);

CREATE TABLE "outbox" (
    "message_id" text NOT NULL,
    "serial" bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    "recipient" text NOT NULL,
    "kind" text NOT NULL,
    "text" text NOT NULL,
    "queued_at" timestamptz NOT NULL,
    "done_at" timestamptz,
    "refusal" text,
    "place" text,
    PRIMARY KEY ("message_id")
);
CREATE INDEX outbox_waiting ON outbox (recipient, serial) WHERE done_at IS NULL;

CREATE TABLE "refused_messages" (
    "serial" bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    "claimed_sender" text,
    "refusal" text NOT NULL,
    "place" text NOT NULL,
    "refused_at" timestamptz NOT NULL,
    PRIMARY KEY ("serial")
);

CREATE TABLE "log_heads" (
    "origin" text NOT NULL,
    "size" bigint NOT NULL,
    "frontier" bytea NOT NULL,
    "checkpoint" text,
    "cosigned" text,
    PRIMARY KEY ("origin")
);

CREATE TABLE "log_nodes" (
    "level" bigint NOT NULL,
    "position" bigint NOT NULL,
    "node_hash" bytea NOT NULL,
    PRIMARY KEY ("level", "position")
);

CREATE TABLE "figures" (
    "currency" text NOT NULL,
    "cases" bigint NOT NULL,
    "stolen_minor" bigint NOT NULL,
    "held_minor" bigint NOT NULL,
    "returned_minor" bigint NOT NULL,
    "standing" bigint NOT NULL,
    "released" bigint NOT NULL,
    "refused" bigint NOT NULL,
    "unheard" bigint NOT NULL DEFAULT 0,
    PRIMARY KEY ("currency")
);

CREATE TABLE "case_figures" (
    "case_id" text NOT NULL,
    "currency" text NOT NULL,
    "cases" bigint NOT NULL,
    "stolen_minor" bigint NOT NULL,
    "held_minor" bigint NOT NULL,
    "returned_minor" bigint NOT NULL,
    "standing" bigint NOT NULL,
    "released" bigint NOT NULL,
    "refused" bigint NOT NULL,
    "unheard" bigint NOT NULL DEFAULT 0,
    "recount_at" timestamptz,
    PRIMARY KEY ("case_id")
);
CREATE INDEX case_figures_by_recount ON case_figures (recount_at) WHERE recount_at IS NOT NULL;

CREATE TABLE "log_positions" (
    "reader" text NOT NULL,
    "log_size" bigint NOT NULL,
    PRIMARY KEY ("reader")
);

CREATE TABLE "reporters_told" (
    "report_id" text NOT NULL,
    "updates" bigint NOT NULL,
    "is_held" boolean NOT NULL,
    "back_minor" bigint NOT NULL,
    "ends_at" timestamptz,
    "warn_at" timestamptz,
    "warned_of" timestamptz,
    PRIMARY KEY ("report_id")
);
CREATE INDEX reporters_told_to_warn ON reporters_told (warn_at) WHERE warn_at IS NOT NULL;


-- These rows change soon after they are written: room on their own page keeps their indexes out of it.
ALTER TABLE pieces SET (fillfactor = 60);
ALTER TABLE tracings SET (fillfactor = 60);
ALTER TABLE reports SET (fillfactor = 80);

-- A signed message and the reply kept with it are somewhat longer than the 2 kB above which PostgreSQL tries to compress
-- a row and puts it aside. They do not compress, and are read again whole: they stay where they are.
ALTER TABLE inbox SET (toast_tuple_target = 8160);
ALTER TABLE outbox SET (toast_tuple_target = 8160);

-- Measures beyond a bank's own pause.

CREATE TABLE "case_measures" (
    "measure_id" text NOT NULL,
    "case_id" text NOT NULL,
    "report_id" text NOT NULL,
    "hold_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "measure" text NOT NULL,
    "pack" text NOT NULL,
    "law_day" date NOT NULL,
    "norms" jsonb NOT NULL,
    "norm_versions" jsonb NOT NULL,
    "schedule_id" text NOT NULL,
    "line_id" text NOT NULL,
    "author_participant_id" text NOT NULL,
    "author_officer_id" text NOT NULL,
    "offence_ids" jsonb NOT NULL,
    "request" text NOT NULL,
    "currency" text NOT NULL,
    "cap_minor" bigint NOT NULL,
    "held_minor" bigint NOT NULL,
    "status" text NOT NULL,
    "next_step" text NOT NULL,
    "end" text,
    "begins_at" timestamptz NOT NULL,
    "taken_at" timestamptz,
    "expires_at" timestamptz NOT NULL,
    "expires_at_most" timestamptz NOT NULL,
    "extensions" bigint NOT NULL,
    "motion_id" text,
    "decision_id" text,
    "carries_on" text,
    "is_unlawful" boolean NOT NULL,
    "ended_at" timestamptz,
    PRIMARY KEY ("measure_id")
);
CREATE INDEX case_measures_by_case ON case_measures (case_id);
CREATE INDEX case_measures_by_hold ON case_measures (hold_id);
CREATE INDEX case_measures_of_author ON case_measures (author_participant_id, expires_at)
    WHERE status IN ('urgent', 'in_force') AND next_step IN ('extension', 'motion');
CREATE INDEX case_measures_by_end ON case_measures (expires_at) WHERE status IN ('waiting', 'urgent', 'in_force');

CREATE TABLE "schedules" (
    "schedule_id" text NOT NULL,
    "case_id" text NOT NULL,
    "measure" text NOT NULL,
    "participant_id" text NOT NULL,
    "officer_id" text NOT NULL,
    "signed" jsonb NOT NULL,
    "words" jsonb NOT NULL,
    "fingerprint" jsonb NOT NULL,
    "signed_at" timestamptz NOT NULL,
    PRIMARY KEY ("schedule_id")
);
CREATE INDEX schedules_by_officer ON schedules (participant_id, officer_id, signed_at);
CREATE INDEX schedules_by_case ON schedules (case_id);

CREATE TABLE "schedule_lines" (
    "line_id" text NOT NULL,
    "schedule_id" text NOT NULL,
    "case_id" text NOT NULL,
    "number" bigint NOT NULL,
    "hold_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "measure_id" text NOT NULL,
    "currency" text NOT NULL,
    "cap_minor" bigint NOT NULL,
    "until" timestamptz NOT NULL,
    "salt" text NOT NULL,
    "verdict" text NOT NULL,
    "against" jsonb NOT NULL,
    "decision" text NOT NULL,
    "granted_minor" bigint,
    "granted_until" timestamptz,
    PRIMARY KEY ("line_id")
);
CREATE INDEX schedule_lines_by_schedule ON schedule_lines (schedule_id, number);

CREATE TABLE "motions" (
    "motion_id" text NOT NULL,
    "case_id" text NOT NULL,
    "filed_by" text NOT NULL,
    "ask" text NOT NULL,
    "to" text NOT NULL,
    "status" text NOT NULL,
    "filed_at" timestamptz NOT NULL,
    "decide_by" timestamptz,
    "decided_at" timestamptz,
    "decision_id" text,
    PRIMARY KEY ("motion_id")
);
CREATE INDEX motions_by_case ON motions (case_id);
CREATE INDEX motions_waiting ON motions ("to", decide_by) WHERE status = 'filed';
CREATE INDEX motions_of_body ON motions (filed_by, decide_by) WHERE status = 'filed';
CREATE INDEX motions_by_time ON motions (decide_by) WHERE status = 'filed';

CREATE TABLE "measure_decisions" (
    "decision_id" text NOT NULL,
    "motion_id" text NOT NULL,
    "case_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "officer_id" text NOT NULL,
    "second_officer_id" text,
    "signed" jsonb NOT NULL,
    "lines" jsonb NOT NULL,
    "reasons" text NOT NULL,
    "received_at" timestamptz NOT NULL,
    PRIMARY KEY ("decision_id")
);
CREATE INDEX measure_decisions_by_motion ON measure_decisions (motion_id);

CREATE TABLE "case_facts" (
    "fact_id" text NOT NULL,
    "case_id" text NOT NULL,
    "kind" text NOT NULL,
    "code" text NOT NULL,
    "source" text NOT NULL,
    "grade" text NOT NULL,
    "is_for_holder" boolean NOT NULL,
    "participant_id" text NOT NULL,
    "officer_id" text NOT NULL,
    "statement" text NOT NULL,
    "added_at" timestamptz NOT NULL,
    PRIMARY KEY ("fact_id")
);
CREATE INDEX case_facts_by_case ON case_facts (case_id, added_at);

CREATE TABLE "material_locks" (
    "subject_id" text NOT NULL,
    "case_id" text NOT NULL,
    "measure_id" text NOT NULL,
    "why" text NOT NULL,
    "locked_at" timestamptz NOT NULL,
    "event_id" text NOT NULL,
    PRIMARY KEY ("subject_id")
);
CREATE INDEX material_locks_by_case ON material_locks (case_id);

CREATE TABLE "deadlines" (
    "deadline_id" text NOT NULL,
    "case_id" text NOT NULL,
    "subject_id" text NOT NULL,
    "duty" text NOT NULL,
    "span" text NOT NULL,
    "branch" text NOT NULL,
    "starts_at" timestamptz NOT NULL,
    "due_at" timestamptz NOT NULL,
    "is_expected" boolean NOT NULL,
    "owner" text NOT NULL,
    "owner_participant_id" text,
    "if_missed" text NOT NULL,
    "status" text NOT NULL,
    "closed_at" timestamptz,
    PRIMARY KEY ("deadline_id")
);
CREATE INDEX deadlines_open ON deadlines (due_at) WHERE status IN ('open', 'missed');
CREATE INDEX deadlines_of_body ON deadlines (owner_participant_id, due_at)
    WHERE status IN ('open', 'missed') AND duty NOT IN ('judge_decides', 'motion_to_judge');
CREATE INDEX deadlines_of_capacity ON deadlines (owner, due_at)
    WHERE status IN ('open', 'missed') AND owner_participant_id IS NULL;
CREATE INDEX deadlines_by_case ON deadlines (case_id, due_at);
CREATE INDEX deadlines_by_subject ON deadlines (subject_id);

-- Appeals, and our own errors.

CREATE TABLE "appeals" (
    "appeal_id" text NOT NULL,
    "case_id" text NOT NULL,
    "measure_id" text NOT NULL,
    "hold_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "measure" text NOT NULL,
    "appellant" text NOT NULL,
    "road" text NOT NULL,
    "is_identified" boolean NOT NULL,
    "grounds" jsonb NOT NULL,
    "sealed_words" text,
    "forum" text NOT NULL,
    "forum_no" bigint NOT NULL,
    "decider" text NOT NULL,
    "learned_at" timestamptz,
    "filed_at" timestamptz NOT NULL,
    "received_at" timestamptz NOT NULL,
    "told_filed_at" timestamptz,
    "is_late" boolean NOT NULL,
    "due_at" timestamptz,
    "on_silence" text NOT NULL,
    "status" text NOT NULL,
    "reviewer_participant_id" text,
    "reviewer_id" text,
    "outcome" text,
    "keep_minor" bigint NOT NULL,
    "statement" text,
    "decided_at" timestamptz,
    "executed_at" timestamptz,
    "before_appeal_id" text,
    "next_appeal_id" text,
    "completed_at" timestamptz,
    "completed_road" text,
    "completed_words" text,
    "lodged_statement" text,
    "completed_statement" text,
    "turned_down" text,
    PRIMARY KEY ("appeal_id")
);
CREATE INDEX appeals_by_case ON appeals (case_id, filed_at);
CREATE INDEX appeals_by_measure ON appeals (measure_id);
CREATE INDEX appeals_by_hold ON appeals (hold_id);
CREATE INDEX appeals_open ON appeals (decider, due_at) WHERE status IN ('preliminary', 'filed', 'admitted');

CREATE TABLE "code_presentations" (
    "presentation_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "sealed_code" text NOT NULL,
    "filed_at" timestamptz NOT NULL,
    "is_answered" boolean NOT NULL,
    "appeal_id" text,
    PRIMARY KEY ("presentation_id")
);

CREATE TABLE "recorded_errors" (
    "error_id" text NOT NULL,
    "case_id" text NOT NULL,
    "measure_id" text NOT NULL,
    "hold_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "found_by" text NOT NULL,
    "cause" text NOT NULL,
    "kind" text,
    "status" text NOT NULL,
    "currency" text NOT NULL,
    "held_minor" bigint NOT NULL,
    "held_s" bigint NOT NULL,
    "noted_at" timestamptz NOT NULL,
    "classified_at" timestamptz,
    "classified_participant_id" text,
    "classified_by" text,
    "statement" text,
    "claim_minor" bigint NOT NULL,
    "disclosed_at" timestamptz,
    "closed_at" timestamptz,
    PRIMARY KEY ("error_id")
);
CREATE INDEX recorded_errors_by_case ON recorded_errors (case_id);
CREATE INDEX recorded_errors_by_time ON recorded_errors (noted_at);

CREATE TABLE "compensation_claims" (
    "claim_id" text NOT NULL,
    "error_id" text NOT NULL,
    "case_id" text NOT NULL,
    "measure_id" text NOT NULL,
    "hold_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "claimant" text NOT NULL,
    "road" text NOT NULL,
    "is_identified" boolean NOT NULL,
    "heads" jsonb NOT NULL,
    "sealed_words" text,
    "amount_minor" bigint NOT NULL,
    "currency" text NOT NULL,
    "filed_at" timestamptz NOT NULL,
    "due_at" timestamptz,
    "status" text NOT NULL,
    "accepted_minor" bigint NOT NULL,
    "forum" text,
    "answered_participant_id" text,
    "answered_by" text,
    "statement" text,
    "answered_at" timestamptz,
    "settled_at" timestamptz,
    PRIMARY KEY ("claim_id")
);
CREATE INDEX compensation_claims_by_error ON compensation_claims (error_id);
CREATE INDEX compensation_claims_by_case ON compensation_claims (case_id);

-- How far everything that stands was examined under the law of the day.

CREATE TABLE "examinations" (
    "what" text NOT NULL,
    "pack" text NOT NULL,
    "day" date NOT NULL,
    "after" text,
    PRIMARY KEY ("what")
);

-- Notices that an authority has put off.

CREATE TABLE "deferrals" (
    "deferral_id" text NOT NULL,
    "measure_id" text NOT NULL,
    "measure" text NOT NULL,
    "hold_id" text NOT NULL,
    "case_id" text NOT NULL,
    "ground" text NOT NULL,
    "by" text NOT NULL,
    "participant_id" text NOT NULL,
    "officer_id" text NOT NULL,
    "number" bigint NOT NULL,
    "granted_at" timestamptz NOT NULL,
    "starts_at" timestamptz NOT NULL,
    "until" timestamptz NOT NULL,
    "status" text NOT NULL,
    "statement" text NOT NULL,
    PRIMARY KEY ("deferral_id")
);
CREATE INDEX deferrals_by_measure ON deferrals (measure_id, number);
CREATE INDEX deferrals_by_case ON deferrals (case_id);

-- Hearings: who received money is asked before it leaves them.

CREATE TABLE "hearings" (
    "hearing_id" text NOT NULL,
    "case_id" text NOT NULL,
    "hold_id" text NOT NULL,
    "report_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "amount_minor" bigint NOT NULL,
    "currency" text NOT NULL,
    "asked_participant_id" text NOT NULL,
    "asked_by" text NOT NULL,
    "asked_at" timestamptz NOT NULL,
    "answer_by" timestamptz NOT NULL,
    "state" text NOT NULL,
    "told_at" timestamptz,
    "told_again_at" timestamptz,
    "road" text,
    "sealed_words" text,
    "statement" text,
    "answered_at" timestamptz,
    PRIMARY KEY ("hearing_id")
);
CREATE INDEX hearings_by_case ON hearings (case_id);
CREATE INDEX hearings_by_hold ON hearings (hold_id, asked_at);

-- Decisions on paper: entered by one officer, confirmed by another of the same body.

CREATE TABLE "paper_decisions" (
    "decision_id" text NOT NULL,
    "motion_id" text NOT NULL,
    "case_id" text NOT NULL,
    "participant_id" text NOT NULL,
    "signed" jsonb NOT NULL,
    "lines" jsonb NOT NULL,
    "reasons" text NOT NULL,
    "entered_by" text NOT NULL,
    "entered_at" timestamptz NOT NULL,
    "confirmed_by" text,
    "confirmed_at" timestamptz,
    PRIMARY KEY ("decision_id")
);
CREATE INDEX paper_decisions_by_motion ON paper_decisions (motion_id, entered_at);
