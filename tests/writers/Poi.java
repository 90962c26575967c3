// Apache POI: makes an .xls of the cells it is given, as Java office systems do. Jobs come as program.py says.

import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.ss.usermodel.Cell;
import org.apache.poi.ss.usermodel.CellStyle;
import org.apache.poi.ss.usermodel.FormulaEvaluator;
import org.apache.poi.ss.usermodel.Row;
import org.apache.poi.ss.usermodel.Sheet;
import org.apache.poi.ss.usermodel.Workbook;
import org.apache.poi.ss.util.CellReference;
import org.apache.poi.ss.util.CellUtil;

public class Poi {
    public static void main(String[] arguments) throws Exception {
        BufferedReader jobs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = new PrintStream(System.out, true, "UTF-8");
        for (String job = jobs.readLine(); job != null; job = jobs.readLine()) {
            String[] fields = job.split("\t", -1);
            try {
                make(fields[1], fields[2].equals("calculated"), Files.readAllBytes(Paths.get(fields[3])));
                answers.println("ok");
            } catch (Throwable error) {
                answers.println(error.toString().replaceAll("\\s+", " "));
            }
        }
    }

    static void make(String target, boolean calculated, byte[] cells) throws Exception {
        try (Workbook book = new HSSFWorkbook(); OutputStream out = new FileOutputStream(target)) {
            String[] fields = new String(cells, StandardCharsets.UTF_8).split("\0", -1);
            // Sheets first, for a formula may look at a later one.
            for (int n = 0; n + 2 < fields.length; n += 3) sheet(book, new CellReference(fields[n]));
            CellStyle day = book.createCellStyle();
            day.setDataFormat(book.createDataFormat().getFormat("yyyy-mm-dd"));
            for (int n = 0; n + 2 < fields.length; n += 3) {
                put(cell(book, new CellReference(fields[n])), fields[n + 1], fields[n + 2], day);
            }
            if (calculated) calculate(book);
            book.write(out);
        }
    }

    static void put(Cell cell, String kind, String value, CellStyle day) {
        if (kind.equals("text")) cell.setCellValue(value);
        else if (kind.equals("formula")) cell.setCellFormula(value);
        else cell.setCellValue(Double.parseDouble(value));
        if (kind.equals("day")) cell.setCellStyle(day);
    }

    // One by one: POI cannot calculate the live line, a SUMPRODUCT over texts, and gives up the rest with it.
    static void calculate(Workbook book) {
        FormulaEvaluator evaluator = book.getCreationHelper().createFormulaEvaluator();
        for (Sheet sheet : book) {
            for (Row row : sheet) {
                for (Cell cell : row) {
                    try {
                        evaluator.evaluateFormulaCell(cell);
                    } catch (RuntimeException error) {
                        continue;
                    }
                }
            }
        }
    }

    static Sheet sheet(Workbook book, CellReference where) {
        Sheet sheet = book.getSheet(where.getSheetName());
        return sheet == null ? book.createSheet(where.getSheetName()) : sheet;
    }

    static Cell cell(Workbook book, CellReference where) {
        return CellUtil.getCell(CellUtil.getRow(where.getRow(), sheet(book, where)), where.getCol());
    }
}
