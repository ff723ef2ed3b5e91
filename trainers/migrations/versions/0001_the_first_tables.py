"""the first tables

Revision ID: 0001
Revises: 
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('email_key', sa.String(length=254), nullable=False),
    sa.Column('password', sa.String(length=255), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email')),
    sa.UniqueConstraint('email_key', name=op.f('uq_account_email_key')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_account_fs_uniquifier'))
    )
    op.create_table('audit_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('about', sa.String(length=60), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event'))
    )
    op.create_index(op.f('ix_audit_event_about'), 'audit_event', ['about'], unique=False)
    op.create_index(op.f('ix_audit_event_at'), 'audit_event', ['at'], unique=False)
    op.create_table('credential_type',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('issuer', sa.String(length=20), nullable=False),
    sa.Column('code', sa.String(length=30), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credential_type')),
    sa.UniqueConstraint('issuer', 'code', name=op.f('uq_credential_type_issuer_code'))
    )
    op.create_table('erasure',
    sa.Column('trainer_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('trainer_id', name=op.f('pk_erasure'))
    )
    op.create_table('place',
    sa.Column('zip', sa.String(length=5), nullable=False),
    sa.Column('town', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=2), nullable=False),
    sa.Column('town_key', sa.String(length=80), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('lat', sa.Float(), nullable=True),
    sa.Column('lon', sa.Float(), nullable=True),
    sa.CheckConstraint('(lat IS NULL) = (lon IS NULL)', name=op.f('ck_place_point')),
    sa.CheckConstraint('length(zip) = 5', name=op.f('ck_place_zip')),
    sa.PrimaryKeyConstraint('zip', name=op.f('pk_place'))
    )
    op.create_index('ix_place_lat', 'place', ['lat'], unique=False)
    op.create_index('ix_place_state_town_key', 'place', ['state', 'town_key'], unique=False)
    op.create_index('ix_place_town_key', 'place', ['town_key'], unique=False)
    op.create_table('role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.CheckConstraint("name IN ('reviewer', 'admin')", name=op.f('ck_role_name')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('name', name=op.f('uq_role_name'))
    )
    op.create_table('account_role',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_role_account_id_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_account_role_role_id_role'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'role_id', name=op.f('pk_account_role'))
    )
    op.create_index(op.f('ix_account_role_role_id'), 'account_role', ['role_id'], unique=False)
    op.create_table('consent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('text_version', sa.String(length=20), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("purpose IN ('listing', 'adult')", name=op.f('ck_consent_purpose')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_consent_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    op.create_index(op.f('ix_consent_account_id'), 'consent', ['account_id'], unique=False)
    op.create_table('recipient',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('email_key', sa.String(length=254), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.CheckConstraint("state IN ('ok', 'bounced', 'complained')", name=op.f('ck_recipient_state')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recipient_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recipient')),
    sa.UniqueConstraint('email_key', name=op.f('uq_recipient_email_key')),
    sa.UniqueConstraint('key', name=op.f('uq_recipient_key'))
    )
    op.create_index(op.f('ix_recipient_account_id'), 'recipient', ['account_id'], unique=False)
    op.create_table('trainer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('zip', sa.String(length=5), nullable=False),
    sa.Column('mode', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('headline', sa.String(length=120), nullable=False),
    sa.Column('bio', sa.Text(), nullable=False),
    sa.Column('accepting', sa.Boolean(), nullable=False),
    sa.Column('accepting_said_on', sa.Date(), nullable=True),
    sa.Column('is_sample', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('listed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_down_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("mode IN ('in_person', 'online', 'both')", name=op.f('ck_trainer_mode')),
    sa.CheckConstraint("state IN ('draft', 'listed', 'paused', 'withdrawn')", name=op.f('ck_trainer_state')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_trainer_account_id_account')),
    sa.ForeignKeyConstraint(['zip'], ['place.zip'], name=op.f('fk_trainer_zip_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trainer')),
    sa.UniqueConstraint('account_id', name=op.f('uq_trainer_account_id')),
    sa.UniqueConstraint('uuid', name=op.f('uq_trainer_uuid')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_trainer_zip'), 'trainer', ['zip'], unique=False)
    op.create_table('contact_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('trainer_id', sa.Integer(), nullable=False),
    sa.Column('sender_name', sa.String(length=80), nullable=False),
    sa.Column('sender_email', sa.String(length=254), nullable=False),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('delivered_at IS NULL OR body IS NULL', name=op.f('ck_contact_message_erased')),
    sa.ForeignKeyConstraint(['trainer_id'], ['trainer.id'], name=op.f('fk_contact_message_trainer_id_trainer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_message')),
    sa.UniqueConstraint('key', name=op.f('uq_contact_message_key')),
    sa.UniqueConstraint('uuid', name=op.f('uq_contact_message_uuid'))
    )
    op.create_index(op.f('ix_contact_message_created_at'), 'contact_message', ['created_at'], unique=False)
    op.create_index(op.f('ix_contact_message_trainer_id'), 'contact_message', ['trainer_id'], unique=False)
    op.create_table('credential',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('trainer_id', sa.Integer(), nullable=False),
    sa.Column('type_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['trainer_id'], ['trainer.id'], name=op.f('fk_credential_trainer_id_trainer')),
    sa.ForeignKeyConstraint(['type_id'], ['credential_type.id'], name=op.f('fk_credential_type_id_credential_type')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credential')),
    sa.UniqueConstraint('uuid', name=op.f('uq_credential_uuid'))
    )
    op.create_index(op.f('ix_credential_trainer_id'), 'credential', ['trainer_id'], unique=False)
    op.create_index(op.f('ix_credential_type_id'), 'credential', ['type_id'], unique=False)
    op.create_index('uq_credential_trainer_id_type_id', 'credential', ['trainer_id', 'type_id'], unique=True, sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))
    op.create_table('listing',
    sa.Column('trainer_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=140), nullable=False),
    sa.Column('zip', sa.String(length=5), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_key', sa.String(length=140).with_variant(sa.String(length=140, collation='C'), 'postgresql'), nullable=False),
    sa.Column('headline', sa.String(length=120), nullable=False),
    sa.Column('in_person', sa.Boolean(), nullable=False),
    sa.Column('online', sa.Boolean(), nullable=False),
    sa.Column('accepting', sa.Boolean(), nullable=False),
    sa.Column('current_until', sa.Date(), nullable=True),
    sa.Column('in_date_until', sa.Date(), nullable=True),
    sa.Column('shuffle', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['trainer_id'], ['trainer.id'], name=op.f('fk_listing_trainer_id_trainer'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['zip'], ['place.zip'], name=op.f('fk_listing_zip_place')),
    sa.PrimaryKeyConstraint('trainer_id', name=op.f('pk_listing'))
    )
    op.create_index('ix_listing_in_date_until', 'listing', ['in_date_until'], unique=False)
    op.create_index(op.f('ix_listing_name_key'), 'listing', ['name_key'], unique=False)
    op.create_index(op.f('ix_listing_zip'), 'listing', ['zip'], unique=False)
    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recipient_id', sa.Integer(), nullable=False),
    sa.Column('dedupe_key', sa.String(length=200), nullable=False),
    sa.Column('message_id', sa.String(length=100), nullable=False),
    sa.Column('template', sa.String(length=60), nullable=False),
    sa.Column('context', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('subject', sa.String(length=200), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('drop_reason', sa.String(length=12), nullable=True),
    sa.CheckConstraint("(state = 'dropped') = (drop_reason IS NOT NULL)", name=op.f('ck_message_dropped')),
    sa.CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name=op.f('ck_message_lease')),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_message_sent')),
    sa.CheckConstraint("(state IN ('queued', 'sending')) = (context IS NOT NULL)", name=op.f('ck_message_erased')),
    sa.CheckConstraint("drop_reason IN ('stopped', 'bounced')", name=op.f('ck_message_drop_reason')),
    sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'dropped')", name=op.f('ck_message_state')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_message_recipient_id_recipient')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_message_dedupe_key')),
    sa.UniqueConstraint('message_id', name=op.f('uq_message_message_id'))
    )
    op.create_index(op.f('ix_message_recipient_id'), 'message', ['recipient_id'], unique=False)
    op.create_index('ix_message_state_not_before', 'message', ['state', 'not_before'], unique=False)
    op.create_table('slug',
    sa.Column('slug', sa.String(length=140), nullable=False),
    sa.Column('trainer_id', sa.Integer(), nullable=True),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['trainer_id'], ['trainer.id'], name=op.f('fk_slug_trainer_id_trainer'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('slug', name=op.f('pk_slug'))
    )
    op.create_index(op.f('ix_slug_trainer_id'), 'slug', ['trainer_id'], unique=False)
    op.create_table('stop',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recipient_id', sa.Integer(), nullable=False),
    sa.Column('scope', sa.String(length=12), nullable=False),
    sa.Column('subject', sa.String(length=60), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("scope IN ('credential', 'kind', 'all')", name=op.f('ck_stop_scope')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_stop_recipient_id_recipient')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stop'))
    )
    op.create_index(op.f('ix_stop_recipient_id'), 'stop', ['recipient_id'], unique=False)
    op.create_index('uq_stop_recipient_id_scope_subject', 'stop', ['recipient_id', 'scope', 'subject'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('trainer_language',
    sa.Column('trainer_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=3), nullable=False),
    sa.ForeignKeyConstraint(['trainer_id'], ['trainer.id'], name=op.f('fk_trainer_language_trainer_id_trainer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('trainer_id', 'language', name=op.f('pk_trainer_language'))
    )
    op.create_index(op.f('ix_trainer_language_language'), 'trainer_language', ['language'], unique=False)
    op.create_table('trainer_specialty',
    sa.Column('trainer_id', sa.Integer(), nullable=False),
    sa.Column('specialty', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['trainer_id'], ['trainer.id'], name=op.f('fk_trainer_specialty_trainer_id_trainer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('trainer_id', 'specialty', name=op.f('pk_trainer_specialty'))
    )
    op.create_index(op.f('ix_trainer_specialty_specialty'), 'trainer_specialty', ['specialty'], unique=False)
    op.create_table('watch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recipient_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('subject_kind', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.Column('next_step', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_watch_recipient_id_recipient')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_watch')),
    sa.UniqueConstraint('recipient_id', 'kind', 'subject_kind', 'subject_id', 'expires_on', name=op.f('uq_watch_recipient_id_kind_subject_kind_subject_id_expires_on'))
    )
    op.create_index('ix_watch_next_on', 'watch', ['next_on'], unique=False)
    op.create_index(op.f('ix_watch_recipient_id'), 'watch', ['recipient_id'], unique=False)
    op.create_index('ix_watch_subject', 'watch', ['subject_kind', 'subject_id'], unique=False)
    op.create_table('alert',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('recipient_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('subject_kind', sa.String(length=20), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('skip_reason', sa.String(length=40), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('planned_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'planned') = (message_id IS NOT NULL)", name=op.f('ck_alert_message')),
    sa.CheckConstraint("(state = 'skipped') = (skip_reason IS NOT NULL)", name=op.f('ck_alert_skip')),
    sa.CheckConstraint("state IN ('planned', 'skipped')", name=op.f('ck_alert_state')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_alert_message_id_message')),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], name=op.f('fk_alert_recipient_id_recipient')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert')),
    sa.UniqueConstraint('recipient_id', 'kind', 'subject_kind', 'subject_id', 'expires_on', 'step', name=op.f('uq_alert_recipient_id_kind_subject_kind_subject_id_expires_on_step'))
    )
    op.create_index(op.f('ix_alert_message_id'), 'alert', ['message_id'], unique=False)
    op.create_index(op.f('ix_alert_recipient_id'), 'alert', ['recipient_id'], unique=False)
    op.create_table('attempt',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('delivered', sa.Boolean(), nullable=False),
    sa.Column('reply', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_attempt_message_id_message')),
    sa.PrimaryKeyConstraint('message_id', 'n', name=op.f('pk_attempt'))
    )
    op.create_table('listing_credential',
    sa.Column('trainer_id', sa.Integer(), nullable=False),
    sa.Column('type_id', sa.Integer(), nullable=False),
    sa.Column('current_until', sa.Date(), nullable=True),
    sa.Column('in_date_until', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['trainer_id'], ['listing.trainer_id'], name=op.f('fk_listing_credential_trainer_id_listing'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['type_id'], ['credential_type.id'], name=op.f('fk_listing_credential_type_id_credential_type')),
    sa.PrimaryKeyConstraint('trainer_id', 'type_id', name=op.f('pk_listing_credential'))
    )
    op.create_index('ix_listing_credential_type_id_in_date_until', 'listing_credential', ['type_id', 'in_date_until'], unique=False)
    op.create_table('name_word',
    sa.Column('word', sa.String(length=120).with_variant(sa.String(length=120, collation='C'), 'postgresql'), nullable=False),
    sa.Column('trainer_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['trainer_id'], ['listing.trainer_id'], name=op.f('fk_name_word_trainer_id_listing'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('word', 'trainer_id', name=op.f('pk_name_word'))
    )
    op.create_index(op.f('ix_name_word_trainer_id'), 'name_word', ['trainer_id'], unique=False)
    op.create_table('review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('credential_id', sa.Integer(), nullable=True),
    sa.Column('trainer_id', sa.Integer(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('not_before', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('taken_by', sa.Integer(), nullable=True),
    sa.Column('taken_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_by', sa.String(length=40), nullable=True),
    sa.Column('outcome', sa.String(length=20), nullable=True),
    sa.Column('reason', sa.String(length=40), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('new', 'renewal', 'edit', 'recheck', 'dispute', 'report', 'contest')", name=op.f('ck_review_kind')),
    sa.CheckConstraint("outcome IN ('confirmed', 'returned', 'refused', 'corrected', 'resolved', 'withdrawn')", name=op.f('ck_review_outcome')),
    sa.CheckConstraint('(closed_at IS NULL) = (outcome IS NULL)', name=op.f('ck_review_closed')),
    sa.CheckConstraint('(taken_by IS NULL) = (taken_until IS NULL)', name=op.f('ck_review_taken')),
    sa.ForeignKeyConstraint(['credential_id'], ['credential.id'], name=op.f('fk_review_credential_id_credential')),
    sa.ForeignKeyConstraint(['taken_by'], ['account.id'], name=op.f('fk_review_taken_by_account')),
    sa.ForeignKeyConstraint(['trainer_id'], ['trainer.id'], name=op.f('fk_review_trainer_id_trainer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
    sa.UniqueConstraint('uuid', name=op.f('uq_review_uuid'))
    )
    op.create_index(op.f('ix_review_credential_id'), 'review', ['credential_id'], unique=False)
    op.create_index('ix_review_open', 'review', ['closed_at', 'due_on', 'id'], unique=False)
    op.create_index(op.f('ix_review_taken_by'), 'review', ['taken_by'], unique=False)
    op.create_index(op.f('ix_review_trainer_id'), 'review', ['trainer_id'], unique=False)
    op.create_index('uq_review_credential_id_kind', 'review', ['credential_id', 'kind'], unique=True, sqlite_where=sa.text('closed_at IS NULL AND credential_id IS NOT NULL'), postgresql_where=sa.text('closed_at IS NULL AND credential_id IS NOT NULL'))
    op.create_table('term',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('credential_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('number_key', sa.String(length=60), nullable=False),
    sa.Column('name_on_certificate', sa.String(length=120), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("source IN ('holder', 'source')", name=op.f('ck_term_source')),
    sa.CheckConstraint('expires_on IS NULL OR issued_on IS NULL OR issued_on <= expires_on', name=op.f('ck_term_order')),
    sa.ForeignKeyConstraint(['corrects_id'], ['term.id'], name=op.f('fk_term_corrects_id_term')),
    sa.ForeignKeyConstraint(['credential_id'], ['credential.id'], name=op.f('fk_term_credential_id_credential')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_term')),
    sa.UniqueConstraint('corrects_id', name=op.f('uq_term_corrects_id'))
    )
    op.create_index(op.f('ix_term_credential_id'), 'term', ['credential_id'], unique=False)
    op.create_index('ix_term_number_key', 'term', ['number_key'], unique=False)
    op.create_table('check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('term_id', sa.Integer(), nullable=False),
    sa.Column('method', sa.String(length=20), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('shown_name', sa.String(length=120), nullable=True),
    sa.Column('shown_number', sa.String(length=60), nullable=True),
    sa.Column('shown_expires_on', sa.Date(), nullable=True),
    sa.Column('shown_status', sa.String(length=60), nullable=True),
    sa.Column('name_result', sa.String(length=10), nullable=True),
    sa.Column('number_result', sa.String(length=10), nullable=True),
    sa.Column('expiry_result', sa.String(length=10), nullable=True),
    sa.Column('source_url', sa.String(length=500), nullable=False),
    sa.Column('looked_on', sa.Date(), nullable=False),
    sa.Column('by', sa.String(length=40), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('supersedes_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("expiry_result IN ('exact', 'folded', 'different', 'not_shown')", name=op.f('ck_check_expiry_result')),
    sa.CheckConstraint("method IN ('issuer_lookup', 'issuer_roster', 'badge_page', 'document_seen')", name=op.f('ck_check_method')),
    sa.CheckConstraint("name_result IN ('exact', 'folded', 'different', 'not_shown')", name=op.f('ck_check_name_result')),
    sa.CheckConstraint("number_result IN ('exact', 'folded', 'different', 'not_shown')", name=op.f('ck_check_number_result')),
    sa.CheckConstraint("outcome <> 'matched' OR (name_result IN ('exact', 'folded') AND number_result IN ('exact', 'folded', 'not_shown') AND expiry_result IN ('exact', 'not_shown'))", name=op.f('ck_check_matched_results')),
    sa.CheckConstraint("outcome IN ('matched', 'mismatch', 'no_match', 'inactive', 'unavailable', 'second_look')", name=op.f('ck_check_outcome')),
    sa.ForeignKeyConstraint(['supersedes_id'], ['check.id'], name=op.f('fk_check_supersedes_id_check')),
    sa.ForeignKeyConstraint(['term_id'], ['term.id'], name=op.f('fk_check_term_id_term')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check')),
    sa.UniqueConstraint('supersedes_id', name=op.f('uq_check_supersedes_id'))
    )
    op.create_index(op.f('ix_check_term_id'), 'check', ['term_id'], unique=False)
    op.create_table('claim_draft',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('trainer_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('type_id', sa.Integer(), nullable=False),
    sa.Column('credential_id', sa.Integer(), nullable=True),
    sa.Column('corrects_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('name_on_certificate', sa.String(length=120), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('slip_code', sa.String(length=8), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('new', 'renewal', 'correction')", name=op.f('ck_claim_draft_kind')),
    sa.ForeignKeyConstraint(['corrects_id'], ['term.id'], name=op.f('fk_claim_draft_corrects_id_term')),
    sa.ForeignKeyConstraint(['credential_id'], ['credential.id'], name=op.f('fk_claim_draft_credential_id_credential')),
    sa.ForeignKeyConstraint(['trainer_id'], ['trainer.id'], name=op.f('fk_claim_draft_trainer_id_trainer')),
    sa.ForeignKeyConstraint(['type_id'], ['credential_type.id'], name=op.f('fk_claim_draft_type_id_credential_type')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim_draft')),
    sa.UniqueConstraint('uuid', name=op.f('uq_claim_draft_uuid'))
    )
    op.create_index(op.f('ix_claim_draft_corrects_id'), 'claim_draft', ['corrects_id'], unique=False)
    op.create_index(op.f('ix_claim_draft_credential_id'), 'claim_draft', ['credential_id'], unique=False)
    op.create_index(op.f('ix_claim_draft_trainer_id'), 'claim_draft', ['trainer_id'], unique=False)
    op.create_index(op.f('ix_claim_draft_type_id'), 'claim_draft', ['type_id'], unique=False)
    op.create_table('report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('review_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("reason IN ('impostor', 'credential', 'details', 'conduct', 'mine', 'other')", name=op.f('ck_report_reason')),
    sa.ForeignKeyConstraint(['review_id'], ['review.id'], name=op.f('fk_report_review_id_review'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report'))
    )
    op.create_index(op.f('ix_report_review_id'), 'report', ['review_id'], unique=False)
    op.create_table('evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uuid', sa.String(length=36), nullable=False),
    sa.Column('trainer_id', sa.Integer(), nullable=False),
    sa.Column('draft_id', sa.Integer(), nullable=True),
    sa.Column('term_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('storage_key', sa.String(length=200), nullable=False),
    sa.Column('content_type', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('slip_code', sa.String(length=8), nullable=True),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'attached' OR term_id IS NOT NULL", name=op.f('ck_evidence_attached_has_term')),
    sa.CheckConstraint("state <> 'pending' OR draft_id IS NOT NULL", name=op.f('ck_evidence_pending_has_draft')),
    sa.CheckConstraint("state IN ('pending', 'attached', 'erased')", name=op.f('ck_evidence_state')),
    sa.ForeignKeyConstraint(['draft_id'], ['claim_draft.id'], name=op.f('fk_evidence_draft_id_claim_draft'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['term_id'], ['term.id'], name=op.f('fk_evidence_term_id_term')),
    sa.ForeignKeyConstraint(['trainer_id'], ['trainer.id'], name=op.f('fk_evidence_trainer_id_trainer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence')),
    sa.UniqueConstraint('storage_key', name=op.f('uq_evidence_storage_key')),
    sa.UniqueConstraint('uuid', name=op.f('uq_evidence_uuid'))
    )
    op.create_index(op.f('ix_evidence_draft_id'), 'evidence', ['draft_id'], unique=False)
    op.create_index(op.f('ix_evidence_term_id'), 'evidence', ['term_id'], unique=False)
    op.create_index(op.f('ix_evidence_trainer_id'), 'evidence', ['trainer_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_evidence_trainer_id'), table_name='evidence')
    op.drop_index(op.f('ix_evidence_term_id'), table_name='evidence')
    op.drop_index(op.f('ix_evidence_draft_id'), table_name='evidence')
    op.drop_table('evidence')
    op.drop_index(op.f('ix_report_review_id'), table_name='report')
    op.drop_table('report')
    op.drop_index(op.f('ix_claim_draft_type_id'), table_name='claim_draft')
    op.drop_index(op.f('ix_claim_draft_trainer_id'), table_name='claim_draft')
    op.drop_index(op.f('ix_claim_draft_credential_id'), table_name='claim_draft')
    op.drop_index(op.f('ix_claim_draft_corrects_id'), table_name='claim_draft')
    op.drop_table('claim_draft')
    op.drop_index(op.f('ix_check_term_id'), table_name='check')
    op.drop_table('check')
    op.drop_index('ix_term_number_key', table_name='term')
    op.drop_index(op.f('ix_term_credential_id'), table_name='term')
    op.drop_table('term')
    op.drop_index('uq_review_credential_id_kind', table_name='review', sqlite_where=sa.text('closed_at IS NULL AND credential_id IS NOT NULL'), postgresql_where=sa.text('closed_at IS NULL AND credential_id IS NOT NULL'))
    op.drop_index(op.f('ix_review_trainer_id'), table_name='review')
    op.drop_index(op.f('ix_review_taken_by'), table_name='review')
    op.drop_index('ix_review_open', table_name='review')
    op.drop_index(op.f('ix_review_credential_id'), table_name='review')
    op.drop_table('review')
    op.drop_index(op.f('ix_name_word_trainer_id'), table_name='name_word')
    op.drop_table('name_word')
    op.drop_index('ix_listing_credential_type_id_in_date_until', table_name='listing_credential')
    op.drop_table('listing_credential')
    op.drop_table('attempt')
    op.drop_index(op.f('ix_alert_recipient_id'), table_name='alert')
    op.drop_index(op.f('ix_alert_message_id'), table_name='alert')
    op.drop_table('alert')
    op.drop_index('ix_watch_subject', table_name='watch')
    op.drop_index(op.f('ix_watch_recipient_id'), table_name='watch')
    op.drop_index('ix_watch_next_on', table_name='watch')
    op.drop_table('watch')
    op.drop_index(op.f('ix_trainer_specialty_specialty'), table_name='trainer_specialty')
    op.drop_table('trainer_specialty')
    op.drop_index(op.f('ix_trainer_language_language'), table_name='trainer_language')
    op.drop_table('trainer_language')
    op.drop_index('uq_stop_recipient_id_scope_subject', table_name='stop', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
    op.drop_index(op.f('ix_stop_recipient_id'), table_name='stop')
    op.drop_table('stop')
    op.drop_index(op.f('ix_slug_trainer_id'), table_name='slug')
    op.drop_table('slug')
    op.drop_index('ix_message_state_not_before', table_name='message')
    op.drop_index(op.f('ix_message_recipient_id'), table_name='message')
    op.drop_table('message')
    op.drop_index(op.f('ix_listing_zip'), table_name='listing')
    op.drop_index(op.f('ix_listing_name_key'), table_name='listing')
    op.drop_index('ix_listing_in_date_until', table_name='listing')
    op.drop_table('listing')
    op.drop_index('uq_credential_trainer_id_type_id', table_name='credential', sqlite_where=sa.text('withdrawn_at IS NULL'), postgresql_where=sa.text('withdrawn_at IS NULL'))
    op.drop_index(op.f('ix_credential_type_id'), table_name='credential')
    op.drop_index(op.f('ix_credential_trainer_id'), table_name='credential')
    op.drop_table('credential')
    op.drop_index(op.f('ix_contact_message_trainer_id'), table_name='contact_message')
    op.drop_index(op.f('ix_contact_message_created_at'), table_name='contact_message')
    op.drop_table('contact_message')
    op.drop_index(op.f('ix_trainer_zip'), table_name='trainer')
    op.drop_table('trainer')
    op.drop_index(op.f('ix_recipient_account_id'), table_name='recipient')
    op.drop_table('recipient')
    op.drop_index(op.f('ix_consent_account_id'), table_name='consent')
    op.drop_table('consent')
    op.drop_index(op.f('ix_account_role_role_id'), table_name='account_role')
    op.drop_table('account_role')
    op.drop_table('role')
    op.drop_index('ix_place_town_key', table_name='place')
    op.drop_index('ix_place_state_town_key', table_name='place')
    op.drop_index('ix_place_lat', table_name='place')
    op.drop_table('place')
    op.drop_table('erasure')
    op.drop_table('credential_type')
    op.drop_index(op.f('ix_audit_event_at'), table_name='audit_event')
    op.drop_index(op.f('ix_audit_event_about'), table_name='audit_event')
    op.drop_table('audit_event')
    op.drop_table('account')
