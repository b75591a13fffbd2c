-- Accounts that a court has closed (M8): what stays free of them, at the agent and in the reference core.

ALTER TABLE "holds" ADD COLUMN "closes" jsonb;
ALTER TABLE "core_commands" ADD COLUMN "closes" jsonb;
ALTER TABLE "core_payments" ADD COLUMN "purpose" text;
ALTER TABLE "core_reserves" ADD COLUMN "closure" jsonb;
CREATE INDEX core_reserves_closing ON core_reserves (account_id) WHERE closure IS NOT NULL;
