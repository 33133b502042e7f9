select 1 from Refs where reference = :id and referrer != :id limit 1
