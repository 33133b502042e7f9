-- The primary key of Refs serves as well.
drop index if exists IndexReferrer;
