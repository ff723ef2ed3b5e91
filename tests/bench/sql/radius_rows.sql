-- The twenty rows of the first page: current ones first, then the nearest.
WITH near AS MATERIALIZED (
  SELECT zip, 2 - 2 * (x * :x + y * :y + z * :z) AS chord
  FROM place
  WHERE lat BETWEEN :south AND :north AND lon BETWEEN :west AND :east AND x * :x + y * :y + z * :z >= :least
), taken AS (
  SELECT trainer_id, near.chord, shuffle * :turn % 2147483647 AS tie,
    CASE WHEN (held_01 & 32767) >= :looked AND (qualifying & 32767) >= :looked THEN 0 ELSE 1 END AS rank
  FROM near CROSS JOIN listing
  WHERE listing.zip = near.zip AND qualifying >= :ends AND held_01 >= :ends
  ORDER BY rank, chord, tie, trainer_id
  LIMIT 20
)
SELECT listing.trainer_id, listing.slug, listing.name, listing.traits, listing.accepting_until, listing.qualifying,
  listing.specialties, listing.languages, listing.shown, place.town, place.state, taken.chord
FROM taken JOIN listing ON listing.trainer_id = taken.trainer_id JOIN place ON place.zip = listing.zip
ORDER BY taken.rank, taken.chord, taken.tie, taken.trainer_id
