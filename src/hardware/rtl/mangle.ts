// The only way from a name in a file to SystemVerilog, scripts and file names: letters, digits and underscores survive, every
// other character becomes its code point, so that different names stay different.

const keywords = new Set(
  (
    "accept_on alias always always_comb always_ff always_latch and assert assign assume automatic before begin bind bins bit " +
    "break buf byte case casex casez cell chandle checker class clocking cmos config const constraint context continue cover " +
    "covergroup coverpoint cross deassign default defparam design disable dist do edge else end endcase endchecker endclass " +
    "endclocking endconfig endfunction endgenerate endgroup endinterface endmodule endpackage endprimitive endprogram " +
    "endproperty endspecify endsequence endtable endtask enum event eventually expect export extends extern final first_match " +
    "for force foreach forever fork function generate genvar global highz0 highz1 if iff ifnone ignore_bins illegal_bins " +
    "implements implies import incdir include initial inout input inside instance int integer interconnect interface intersect " +
    "join large let liblist library local localparam logic longint macromodule matches medium modport module nand negedge " +
    "nettype new nexttime nmos nor noshowcancelled not notif0 notif1 null or output package packed parameter pmos posedge " +
    "primitive priority program property protected pull0 pull1 pulldown pullup pure rand randc randcase randsequence rcmos real " +
    "realtime ref reg reject_on release repeat restrict return rnmos rpmos rtran scalared sequence shortint shortreal signed " +
    "small soft solve specify specparam static string strong struct super supply0 supply1 table tagged task this throughout time " +
    "timeprecision timeunit tran tri triand trior trireg type typedef union unique unique0 unsigned until untyped use uwire var " +
    "vectored virtual void wait wand weak while wildcard wire with within wor xnor xor"
  ).split(" "),
);

const longest = 48;

/**
 * An identifier for `name`: legal in SystemVerilog, in file names and in tool scripts, never a keyword. Different names of a
 * list stay different when `position` differs.
 *
 * @param position  Appended when the name had to be cut, so that two long names do not meet.
 */
export function mangleName(name: string, position: number): string {
  let text = "";
  for (const character of name) {
    text += /[A-Za-z0-9]/.test(character) ? character : character === "_" ? "__" : `_${codeOf(character)}_`;
    if (text.length > longest) return `n_${text.slice(0, longest).replace(/_+$/, "")}_${position}x`;
  }
  return /^[A-Za-z]/.test(text) && !keywords.has(text) ? text : `n_${text}`;
}

/** `name` for a comment: printable ASCII on one line, cut, unable to end the comment. */
export function commentText(name: string): string {
  const plain = Array.from(name.slice(0, 80), (c) => (/[ -~]/.test(c) ? c : "?")).join("");
  return plain.replaceAll("*/", "* /").replaceAll("\\", "/");
}

// ---------------------------------------------------------------------------------------------------------------------

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}
