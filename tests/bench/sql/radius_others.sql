-- The same circle without the credential: how many hold each.
WITH near AS MATERIALIZED (
  SELECT zip, 2 - 2 * (x * :x + y * :y + z * :z) AS chord
  FROM place
  WHERE lat BETWEEN :south AND :north AND lon BETWEEN :west AND :east AND x * :x + y * :y + z * :z >= :least
)
SELECT
  COUNT(*),
  COUNT(*) FILTER (WHERE held_01 >= :ends),
  COUNT(*) FILTER (WHERE held_02 >= :ends),
  COUNT(*) FILTER (WHERE held_03 >= :ends),
  COUNT(*) FILTER (WHERE held_04 >= :ends),
  COUNT(*) FILTER (WHERE held_05 >= :ends),
  COUNT(*) FILTER (WHERE held_06 >= :ends),
  COUNT(*) FILTER (WHERE held_07 >= :ends),
  COUNT(*) FILTER (WHERE held_08 >= :ends),
  COUNT(*) FILTER (WHERE held_09 >= :ends),
  COUNT(*) FILTER (WHERE held_10 >= :ends),
  COUNT(*) FILTER (WHERE held_11 >= :ends),
  COUNT(*) FILTER (WHERE held_12 >= :ends),
  COUNT(*) FILTER (WHERE held_13 >= :ends),
  COUNT(*) FILTER (WHERE held_14 >= :ends),
  COUNT(*) FILTER (WHERE held_15 >= :ends),
  COUNT(*) FILTER (WHERE held_16 >= :ends),
  COUNT(*) FILTER (WHERE held_17 >= :ends),
  COUNT(*) FILTER (WHERE held_18 >= :ends),
  COUNT(*) FILTER (WHERE held_19 >= :ends)
FROM near CROSS JOIN listing
WHERE listing.zip = near.zip AND qualifying >= :ends
