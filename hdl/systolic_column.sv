// One column of a systolic array: a neuron's weights stay in it, spikes pass through it from left to right, sums run down. What
// comes in leaves registered to the next column, which does the same a cycle later.
//
// A wave is one time step. It meets row r of a column r cycles after row 0; its first row may carry `swap`, upon which every row
// it passes takes the weight that was loaded behind the present one. Behind the last row the sum is added to that of its step.
module systolic_column #(
  parameter int unsigned Rows = 4,
  parameter int unsigned Steps = 8,
  parameter int unsigned WeightBits = 4,
  parameter int unsigned SumBits = 12,
  localparam int unsigned StepBits = Steps > 1 ? $clog2(Steps) : 1,
  // Per row: whether the input fired, whether the weight changes, and whether it is being loaded.
  localparam int unsigned RowBits = 3 * Rows
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic [RowBits-1:0]    rows_i,
  output logic [RowBits-1:0]    rows_o,
  input  logic [WeightBits-1:0] weight_i,
  // The wave that leaves the last row in this cycle.
  input  logic                  done_valid_i,
  input  logic [StepBits-1:0]   done_step_i,
  output logic                  done_valid_o,
  output logic [StepBits-1:0]   done_step_o,
  // The sum of a step is shown one cycle after it is asked for, and starts again from zero.
  input  logic                  take_i,
  input  logic [StepBits-1:0]   take_step_i,
  output logic [SumBits-1:0]    sum_o
);
  logic [Rows-1:0]         fired, swap, load;
  logic [Rows*SumBits-1:0] sums_q;
  logic                    add_q, take_q, again, again_q;
  logic [StepBits-1:0]     add_step_q, take_step_q;
  logic [SumBits-1:0]      stored, column_sum_q, total, total_q;

  assign {fired, swap, load} = rows_i;
  // The step of the wave before is not read back from RAM: it is just being written.
  assign again = done_valid_i && add_q && done_step_i == add_step_q;
  assign total = (again_q ? total_q : stored) + column_sum_q;

  for (genvar r = 0; r < int'(Rows); r++) begin : gen_row
    logic [WeightBits-1:0] next_q, weight_q, weight;
    logic [SumBits-1:0]    above;
    assign weight = swap[r] ? next_q : weight_q;
    if (r == 0) begin : gen_first
      assign above = '0;
    end else begin : gen_below
      assign above = sums_q[(r-1)*SumBits+:SumBits];
    end
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        next_q                     <= '0;
        weight_q                   <= '0;
        sums_q[r*SumBits+:SumBits] <= '0;
      end else begin
        if (load[r]) next_q <= weight_i;
        weight_q                   <= weight;
        sums_q[r*SumBits+:SumBits] <= fired[r] ? $signed(above) + SumBits'($signed(weight)) : above;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      rows_o       <= '0;
      done_valid_o <= 1'b0;
      done_step_o  <= '0;
      add_q        <= 1'b0;
      add_step_q   <= '0;
      column_sum_q <= '0;
      again_q      <= 1'b0;
      total_q      <= '0;
      take_q       <= 1'b0;
      take_step_q  <= '0;
    end else begin
      rows_o       <= rows_i;
      done_valid_o <= done_valid_i;
      done_step_o  <= done_step_i;
      add_q        <= done_valid_i;
      add_step_q   <= done_step_i;
      column_sum_q <= sums_q[(Rows-1)*SumBits+:SumBits];
      again_q      <= again;
      total_q      <= total;
      take_q       <= take_i;
      take_step_q  <= take_step_i;
    end
  end

  ram_1r1w #(.Width(SumBits), .Depth(Steps)) u_sums (
    .clk_i,
    .read_i((done_valid_i && !again) || take_i),
    .read_address_i(take_i ? take_step_i : done_step_i),
    .read_data_o(stored),
    .write_i(add_q || take_q),
    .write_address_i(take_q ? take_step_q : add_step_q),
    .write_data_i(take_q ? '0 : total)
  );

  assign sum_o = stored;
endmodule
