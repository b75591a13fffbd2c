-- Books the runs of entries that only add at the end of a line and take from its head ($1 to $14, one array for each
-- column of StagedEntry), and returns the accounts whose run is not of that kind: those are left as they were.
--
-- The accounts are locked, have no gaps and no debt. Then the free units are [head, line_end) and nothing else: held
-- units are not free and lie on the line, so they all lie below the head, and no entry here can meet them. A debit
-- that the free units cover takes one stretch, which begins where the debits before it ended; a credit begins where
-- the credits before it ended. Two running sums therefore give every place on the line.
--
-- One statement, so that it is planned once; the session's settings leave only look-ups by key as a way to join.
WITH placed AS (
    SELECT e.account_id, e.entry_no, e.amount_minor, e.taken_as, e.transfer_ref, e.transfer_minor, e.currency,
           e.original_ref, e.counterparty, e.is_protected, e.booked_at,
           e.place = row_number() OVER run AS is_next,
           (e.head + coalesce(sum(e.amount_minor) FILTER (WHERE e.taken_as IS NOT NULL) OVER run, 0))::bigint AS head,
           (e.line_end + coalesce(sum(e.amount_minor) FILTER (WHERE e.taken_as IS NULL) OVER run, 0))::bigint
               AS line_end
      FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[],
                  $8::text[], $9::bigint[], $10::text[], $11::text[], $12::text[], $13::boolean[], $14::timestamptz[])
           AS e(account_id, place, head, line_end, entry_no, amount_minor, taken_as, transfer_ref, transfer_minor,
                currency, original_ref, counterparty, is_protected, booked_at)
    WINDOW run AS (PARTITION BY e.account_id ORDER BY e.entry_no ROWS UNBOUNDED PRECEDING)
), runs AS MATERIALIZED (
    SELECT p.*,
           bool_and(p.is_next AND p.head <= p.line_end) OVER account AS is_fast,
           p.entry_no = max(p.entry_no) OVER account AS is_last
      FROM placed p
    WINDOW account AS (PARTITION BY p.account_id)
), credited AS (
    INSERT INTO credits (account_id, entry_no, line_from, line_to, transfer_ref, transfer_minor, currency,
                         original_ref, is_protected, booked_at)
    SELECT account_id, entry_no, line_end - amount_minor, line_end, transfer_ref, transfer_minor, currency,
           original_ref, is_protected, booked_at
      FROM runs
     WHERE is_fast AND taken_as IS NULL
), found AS (
    INSERT INTO credit_places (transfer_ref, account_id, line_from, line_to)
    SELECT transfer_ref, account_id, line_end - amount_minor, line_end
      FROM runs
     WHERE is_fast AND taken_as IS NULL
), consumed AS (
    INSERT INTO consumptions (account_id, entry_no, line_from, line_to, transfer_ref, transfer_from, kind,
                              counterparty, booked_at)
    SELECT account_id, entry_no, head - amount_minor, head, transfer_ref, 0, taken_as, counterparty, booked_at
      FROM runs
     WHERE is_fast AND taken_as IS NOT NULL
), advanced AS (
    UPDATE accounts a
       SET entry_no = r.entry_no, head = r.head, line_end = r.line_end
      FROM runs r
     WHERE a.account_id = r.account_id AND r.is_fast AND r.is_last
)
SELECT DISTINCT account_id
  FROM runs
 WHERE NOT is_fast
