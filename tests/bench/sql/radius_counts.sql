-- Holders of one credential in a circle, places first: the total, and how many each other choice would leave.
WITH near AS MATERIALIZED (
  SELECT zip, 2 - 2 * (x * :x + y * :y + z * :z) AS chord
  FROM place
  WHERE lat BETWEEN :south AND :north AND lon BETWEEN :west AND :east AND x * :x + y * :y + z * :z >= :least
)
SELECT
  COUNT(*),
  COUNT(*) FILTER (WHERE (held_01 & 32767) >= :looked AND (qualifying & 32767) >= :looked),
  COUNT(*) FILTER (WHERE held_17 >= :ends),
  COUNT(*) FILTER (WHERE held_18 >= :ends),
  COUNT(*) FILTER (WHERE (traits & 1) <> 0),
  COUNT(*) FILTER (WHERE (traits & 2) <> 0),
  SUM(specialties_01),
  SUM(specialties_02),
  SUM(specialties_03),
  SUM(specialties_04),
  SUM(specialties_05),
  SUM(languages_01),
  SUM(languages_02),
  SUM(languages_03),
  SUM(languages_04),
  SUM(languages_05),
  SUM(languages_06),
  SUM(languages_07),
  SUM(languages_08),
  SUM(languages_09),
  SUM(languages_10),
  SUM(languages_11),
  COUNT(*) FILTER (WHERE accepting_until >= :looked)
FROM near CROSS JOIN listing
WHERE listing.zip = near.zip AND qualifying >= :ends AND held_01 >= :ends
