-- The first page of everybody who is current, in the order of an index, without any count.
WITH taken AS (
  SELECT trainer_id, shuffle
  FROM listing
  WHERE qualifying >= :ends AND (qualifying & 32767) >= :looked AND shuffle >= :start
  ORDER BY shuffle, trainer_id
  LIMIT 20
)
SELECT listing.trainer_id, listing.slug, listing.name, listing.traits, listing.accepting_until, listing.qualifying,
  listing.specialties, listing.languages, listing.shown, place.town, place.state
FROM taken JOIN listing ON listing.trainer_id = taken.trainer_id JOIN place ON place.zip = listing.zip
ORDER BY taken.shuffle, taken.trainer_id
