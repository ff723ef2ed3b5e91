-- Words of the vocabulary that share a rest with what was typed, and whether it is a word or begins one.
SELECT word.word, word.n
FROM word_delete JOIN word ON word.word = word_delete.word
WHERE word_delete.deleted IN ({rests})
UNION
SELECT '', COALESCE(SUM(n), 0) FROM word WHERE word >= :typed AND word < :typed_end
