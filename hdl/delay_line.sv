// What came in so many cycles ago.
module delay_line #(
  parameter int unsigned Width = 8,
  parameter int unsigned Stages = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Width-1:0] data_i,
  output logic [Width-1:0] data_o
);
  logic [Width-1:0] stages_q [Stages];

  assign data_o = stages_q[Stages-1];

  always_ff @(posedge clk_i) begin
    for (int unsigned i = 0; i < Stages; i++) begin
      if (!rst_ni) stages_q[i] <= '0;
      else stages_q[i] <= i == 0 ? data_i : stages_q[i-1];
    end
  end
endmodule
