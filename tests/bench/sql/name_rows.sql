-- Who has one of these words: twenty rows, the whole number beside each.
WITH found AS MATERIALIZED (
  SELECT trainer_id, MIN(quality) AS quality
  FROM (
    SELECT trainer_id, CASE WHEN word = :typed THEN 0 ELSE 1 END AS quality
    FROM name_word WHERE word >= :typed AND word < :typed_end
    UNION ALL
    SELECT trainer_id, 100 FROM name_word WHERE word IN ({words})
  ) AS hits
  GROUP BY trainer_id
), taken AS (
  SELECT listing.trainer_id, quality, shuffle * :turn % 2147483647 AS tie, COUNT(*) OVER () AS total,
    CASE WHEN (qualifying & 32767) >= :looked THEN 0 WHEN qualifying >= :ends THEN 1 ELSE 2 END AS rank
  FROM found CROSS JOIN listing
  WHERE listing.trainer_id = found.trainer_id
  ORDER BY quality, rank, tie, listing.trainer_id
  LIMIT 20
)
SELECT listing.trainer_id, listing.slug, listing.name, listing.traits, listing.accepting_until, listing.qualifying,
  listing.specialties, listing.languages, listing.shown, place.town, place.state, taken.total
FROM taken JOIN listing ON listing.trainer_id = taken.trainer_id JOIN place ON place.zip = listing.zip
ORDER BY taken.quality, taken.rank, taken.tie, taken.trainer_id
