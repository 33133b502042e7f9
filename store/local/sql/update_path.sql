update ValidPaths
   set hash = :hash, narSize = :size, ultimate = :ultimate, sigs = :sigs, ca = :ca
 where id = :id
