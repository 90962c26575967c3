// Apache POI: opens a workbook, puts values into cells, saves. Jobs come as program.py says.

import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import org.apache.poi.hssf.usermodel.HSSFWorkbook;
import org.apache.poi.ss.usermodel.*;
import org.apache.poi.ss.util.*;
import org.apache.poi.xssf.streaming.SXSSFWorkbook;
import org.apache.poi.xssf.usermodel.XSSFWorkbook;

public class Poi {
    public static void main(String[] arguments) throws Exception {
        BufferedReader jobs = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = new PrintStream(System.out, true, "UTF-8");
        for (String job = jobs.readLine(); job != null; job = jobs.readLine()) {
            String[] fields = job.split("\t", -1);
            try {
                resave(fields[0], fields[1], fields[2], fields[3]);
                answers.println("ok");
            } catch (Throwable error) {
                answers.println(error.toString().replaceAll("\\s+", " "));
            }
        }
    }

    static void resave(String source, String target, String format, String cells) throws Exception {
        try (Workbook book = WorkbookFactory.create(new File(source), null, true)) {
            if (!cells.isEmpty()) fill(book.getSheetAt(0), Files.readAllBytes(Paths.get(cells)));
            try (Workbook saved = as(book, format); OutputStream out = new FileOutputStream(target)) {
                saved.write(out);
            }
        }
    }

    static void fill(Sheet sheet, byte[] cells) {
        String[] fields = new String(cells, StandardCharsets.UTF_8).split("\0", -1);
        for (int n = 0; n + 2 < fields.length; n += 3) {
            CellReference where = new CellReference(fields[n]);
            Row row = CellUtil.getRow(where.getRow(), sheet);
            Cell cell = CellUtil.getCell(row, where.getCol());
            if (fields[n + 1].equals("number")) cell.setCellValue(Double.parseDouble(fields[n + 2]));
            else cell.setCellValue(fields[n + 2]);
        }
    }

    static Workbook as(Workbook book, String format) {
        if (format.equals("sxssf")) return new SXSSFWorkbook((XSSFWorkbook) book);
        return format.equals("xls") ? copied(book) : book;
    }

    // POI converts no workbook; a program that must deliver .xls copies cell by cell, as here, and evaluates.
    static Workbook copied(Workbook book) {
        Workbook copy = new HSSFWorkbook();
        for (Sheet sheet : book) copy.createSheet(sheet.getSheetName());
        for (Sheet sheet : book) copy(sheet, copy.getSheet(sheet.getSheetName()));
        for (int n = 0; n < book.getNumberOfSheets(); n++) copy.setSheetHidden(n, book.isSheetHidden(n));
        copy.getCreationHelper().createFormulaEvaluator().evaluateAll();
        return copy;
    }

    static void copy(Sheet from, Sheet to) {
        for (Row row : from) {
            Row target = to.createRow(row.getRowNum());
            for (Cell cell : row) copy(cell, target.createCell(cell.getColumnIndex()));
        }
        for (CellRangeAddress merged : from.getMergedRegions()) to.addMergedRegion(merged);
    }

    static void copy(Cell from, Cell to) {
        switch (from.getCellType()) {
            case NUMERIC: to.setCellValue(from.getNumericCellValue()); break;
            case STRING: to.setCellValue(from.getStringCellValue()); break;
            case BOOLEAN: to.setCellValue(from.getBooleanCellValue()); break;
            case FORMULA: to.setCellFormula(from.getCellFormula()); break;
            default: break;
        }
    }
}
