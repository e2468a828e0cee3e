-- Statistics of one moment chose worse plans than none (docs/decisions/0010).
DROP TABLE IF EXISTS sqlite_stat1;
DROP TABLE IF EXISTS sqlite_stat4;
